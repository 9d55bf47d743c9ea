// `node elevenlabs_agents.mjs HTTP_ADDRESS CONVERSATION_ID`: agents and conversations over REST.
import { writeFileSync } from "node:fs";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { tell } from "./outcomes.mjs";

const [address, held] = process.argv.slice(2);
const { agents, conversations } = new ElevenLabsClient({ baseUrl: address, apiKey: "any" })
  .conversationalAi;

function shown({ name, conversationConfig: { agent, tts, turn } }) {
  return [name, agent.firstMessage, tts.voiceId, turn.turnTimeout];
}

async function statusOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error.statusCode;
  }
}

const calls = {
  async agent() {
    const { agentId } = await agents.create({
      name: "Ann",
      conversationConfig: { agent: { firstMessage: "Hello." }, tts: { voiceId: "Claudio" } },
    });
    const before = await agents.get(agentId);
    const after = await agents.update(agentId, {
      name: "Bea",
      conversationConfig: { agent: { firstMessage: "Hi." } },
    });
    const copy = await agents.duplicate(agentId, { name: "Copied by Node" });
    const page = await agents.list({ search: "by node", pageSize: 5 });
    const widget = await agents.widget.get(agentId);
    for (const id of [agentId, copy.agentId]) await agents.delete(id);
    return {
      shown: shown(before),
      changed: shown(after),
      found: page.agents.map((one) => one.name),
      widget: widget.widgetConfig.language,
      after: await statusOf(agents.get(agentId)),
    };
  },
  async passes() {
    const { agentId } = await agents.create({ conversationConfig: {} });
    const { signedUrl } = await conversations.getSignedUrl({ agentId });
    const token = await conversations.getWebrtcToken({ agentId });
    await agents.delete(agentId);
    return {
      base: signedUrl.split("?")[0],
      conversation: token.conversationId.split("_")[0],
    };
  },
  async conversation() {
    // The browser's client, which has no key; it lends out its upload only within a call.
    const { postOverallFeedback } = await import("@elevenlabs/client");
    const { uploadFile } = await import(
      "./node_modules/@elevenlabs/client/dist/utils/uploadFile.js"
    );
    const page = await conversations.list({ agentId: "agent_held", pageSize: 5 });
    const file = new Blob(["A note."], { type: "text/plain" });
    const { fileId } = await uploadFile({ conversationId: held, origin: address, file });
    const rated = await postOverallFeedback(held, { rating: 4, comment: "Nice." }, address);
    const { transcript, metadata } = await conversations.get(held);
    const pieces = [];
    for await (const piece of await conversations.audio.get(held)) pieces.push(piece);
    writeFileSync("audio.mp3", Buffer.concat(pieces));
    await conversations.delete(held);
    return {
      listed: page.conversations.map((one) => one.conversationId),
      said: transcript.map((turn) => turn.message),
      uploaded: fileId.startsWith("file_"),
      rated: [rated.status, metadata.feedback.rating, metadata.feedback.comment],
      after: await statusOf(conversations.get(held)),
    };
  },
};

await tell(calls);
