// What runs in the browser: pages with the browser's SDK in them, called by elevenlabs_browser.mjs.
import { Conversation } from "@elevenlabs/client";

// What its loudspeaker gets: the SDK plays by an element that it adds to the page.
function record() {
  let recorder = null;
  const pieces = [];
  new MutationObserver((_, observer) => {
    const element = document.querySelector("audio");
    if (element === null) return;
    observer.disconnect();
    element.addEventListener(
      "playing",
      () => {
        recorder = new MediaRecorder(element.captureStream(), { mimeType: "audio/webm" });
        recorder.ondataavailable = ({ data }) => pieces.push(data);
        recorder.start();
      },
      { once: true },
    );
  }).observe(document.body, { childList: true });
  return async () => {
    if (recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await stopped;
    }
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  };
}

function open(options) {
  const notes = { messages: [], modes: [], parts: [], errors: [], statuses: [], pings: [] };
  const ended = new Promise((resolve) => {
    notes.session = Conversation.startSession({
      ...options,
      onMessage: ({ role, message }) => notes.messages.push([role, message]),
      onModeChange: ({ mode }) => notes.modes.push(mode),
      onStatusChange: ({ status }) => notes.statuses.push(status),
      onAgentChatResponsePart: ({ type }) => notes.parts.push(type),
      onPing: ({ ping_ms }) => notes.pings.push(ping_ms),
      onError: (message) => notes.errors.push(message),
      onDisconnect: ({ reason, closeCode, closeReason }) =>
        resolve([reason, closeCode ?? null, closeReason ?? null]),
    });
  });
  return { notes, ended };
}

// Until the agent hangs up.
window.talk = async (options) => {
  const recorded = record();
  const { notes, ended } = open({ ...options, connectionType: "websocket" });
  const { session, ...told } = notes;
  const conversation = await session;
  const end = await ended;
  return {
    ...told,
    end,
    type: conversation.type,
    webm: btoa(await recorded()),
  };
};

// Each text when the one before has been answered; the caller ends it if the agent has not.
window.write = async (options, texts) => {
  const { notes, ended } = open({ ...options, textOnly: true });
  const { session, ...told } = notes;
  const conversation = await session;
  const answers = () => notes.messages.filter(([role]) => role === "agent").length;
  for (const [place, text] of texts.entries()) {
    while (answers() <= place) await new Promise((resolve) => setTimeout(resolve, 20));
    conversation.sendUserMessage(text);
  }
  const end = texts.at(-1).startsWith("Goodbye") ? await ended : await leave();
  return { ...told, end, type: conversation.type };

  async function leave() {
    while (answers() <= texts.length) await new Promise((resolve) => setTimeout(resolve, 20));
    await conversation.endSession();
    return ended;
  }
};

// With tools of the page's own, which functions cannot be sent here as.
window.writeWithTools = (options, texts) =>
  window.write(
    {
      ...options,
      clientTools: {
        weather: ({ city, ...rest }) => ({ city, sky: "clear", rest: Object.keys(rest) }),
        open_door: () => {
          throw new Error("it is stuck");
        },
      },
    },
    texts,
  );

window.refused = (options) =>
  Conversation.startSession({ ...options, textOnly: true }).then(
    () => null,
    (error) => [error.message, error.closeCode],
  );
