// What runs in the browser: pages that call by this repository's own package, opened by
// vivavoce_browser.mjs.
import { Loudspeaker, Microphone, VoiceConversation } from "../../../clients/js/dist/index.js";

// Every track and every context that the page has made, to see what becomes of them.
const tracks = [];
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  const stream = await getUserMedia(constraints);
  tracks.push(...stream.getTracks());
  return stream;
};
const contexts = [];
window.AudioContext = class extends AudioContext {
  constructor(options) {
    super(options);
    contexts.push(this);
  }
};

// Until the agent hangs up; the network fails when the caller's turn has been understood.
window.talk = async (url, devices) => {
  const source = new Microphone(devices);
  const sink = new Loudspeaker(devices);
  const conversation = new VoiceConversation({ url, source, sink });
  const notes = { transcripts: [], responses: [], states: [], levels: 0, sounding: [], backwards: 0 };
  let givenS = 0;
  let playedS = 0;
  source.onLevel(({ peak }) => (notes.levels += peak > 0.01 ? 1 : 0));
  sink.onProgress(({ eventId, underruns }) => {
    notes.underruns = underruns;
    if (eventId !== null && notes.sounding.at(-1) !== eventId) notes.sounding.push(eventId);
    if (sink.playedS < playedS) notes.backwards += 1;
    playedS = sink.playedS;
  });
  conversation.on("agent_speech", ({ samples, sampleRate }) => (givenS += samples.length / sampleRate));
  conversation.on("agent_response", ({ text }) => notes.responses.push(text));
  conversation.on("user_transcript", ({ text, isFinal }) => {
    if (!isFinal) return;
    notes.transcripts.push(text);
    conversation.cut();
  });
  conversation.onState(({ state }) => notes.states.push(state));
  await conversation.connect();
  const settings = await source.settings();
  const { by, code } = await conversation.done;
  return {
    ...notes,
    givenS,
    playedS,
    end: [by, code],
    cleaning: [settings.echoCancellation, settings.noiseSuppression, settings.autoGainControl],
    ...left(),
  };
};

// What connecting fails with.
window.refused = async (url, devices) => {
  const options = { url, source: new Microphone(devices), sink: new Loudspeaker(devices) };
  const why = await new VoiceConversation(options).connect().catch((error) => error.name);
  return { why, ...left() };
};

function left() {
  return {
    tracks: tracks.map(({ readyState }) => readyState),
    contexts: contexts.map(({ state }) => state),
  };
}
