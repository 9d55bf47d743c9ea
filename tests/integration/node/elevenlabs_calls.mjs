// `node elevenlabs_calls.mjs HTTP_ADDRESS WEATHER STORY TIME GOODBYE`: a call by the official SDK, whose
// caller says what is in the WAV files, and interrupts the story. Writes what was heard beside where
// it is run, and what came of it as one JSON object on standard output.
import { writeFileSync } from "node:fs";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import conversing from "@elevenlabs/elevenlabs-js/api/resources/conversationalAi/conversation/index.js";
import { tell } from "./outcomes.mjs";
import { Telephone } from "./telephone.mjs";

const [address, weather, story, time, goodbye] = process.argv.slice(2);
const client = new ElevenLabsClient({ baseUrl: address, apiKey: "any" });
const WITHIN_MS = 60000;

async function makeAgent() {
  const made = await client.conversationalAi.agents.create({
    name: "Node's",
    conversationConfig: {
      agent: {
        firstMessage: "Welcome.",
        prompt: {
          prompt: "Be kind.",
          tools: [
            {
              type: "client",
              name: "weather",
              description: "What the weather is like.",
              expectsResponse: true,
              parameters: {
                type: "object",
                required: ["city"],
                properties: { city: { type: "string", description: "Where." } },
              },
            },
          ],
          builtInTools: {
            endCall: { name: "end_call", description: "", params: { systemToolType: "end_call" } },
          },
        },
      },
    },
    platformSettings: { auth: { enableAuth: true, allowlist: [] } },
  });
  return made.agentId;
}

const calls = {
  async held() {
    const telephone = new Telephone([weather, story, `!${time}`, goodbye]);
    const notes = { responses: [], transcripts: [], corrections: [], latencies: [], frames: [] };
    const parameters = [];
    const clientTools = new conversing.ClientTools();
    clientTools.register("weather", async ({ tool_call_id: _, ...given }) => {
      parameters.push(given);
      return "windy";
    });
    const conversation = new conversing.Conversation({
      client,
      agentId: await makeAgent(),
      requiresAuth: true,
      audioInterface: telephone,
      clientTools,
      config: conversing.createConversationInitiationData({
        conversationConfigOverride: { agent: { first_message: "Good evening, {{name}}." } },
        dynamicVariables: { name: "Tom" },
      }),
      callbackAgentResponse: (text) => notes.responses.push(text),
      callbackAgentResponseCorrection: (...texts) => notes.corrections.push(texts),
      callbackUserTranscript: (text) => notes.transcripts.push(text),
      callbackLatencyMeasurement: (milliseconds) => notes.latencies.push(milliseconds),
      callbackMessageReceived: ({ type, ...payload }) =>
        notes.frames.push([type, Object.values(payload)[0]?.event_id ?? null]),
    });
    const ended = new Promise((resolve, reject) => {
      conversation.on("session_ended", (id, code, why) => resolve({ id, code, why }));
      conversation.on("error", reject);
      setTimeout(() => reject(new Error(JSON.stringify(notes))), WITHIN_MS).unref();
    });
    await conversation.startSession();
    const end = await ended;
    telephone.stop();
    writeFileSync("held.pcm", telephone.heard);
    const { metadata, transcript } = await client.conversationalAi.conversations.get(end.id);
    return {
      ...notes,
      parameters,
      end: [end.code, end.why],
      cuts: telephone.cuts,
      kept: [metadata.startTimeUnixSecs > 0, transcript.map(({ role }) => role)],
    };
  },
};

await tell(calls);
