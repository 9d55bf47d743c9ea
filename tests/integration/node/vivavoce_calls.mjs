// `node vivavoce_calls.mjs HTTP_ADDRESS WEATHER STORY TIME GOODBYE`: a call by this repository's own
// package, whose caller says what is in the WAV files, and interrupts the story, over a network that
// is cut again and again; then one of them is written down. Writes what was heard beside where it is
// run, and what came of it as one JSON object on standard output.
import { readFileSync, writeFileSync } from "node:fs";
import { Transcriber, VoiceConversation } from "../../../clients/js/dist/index.js";
import { Caller } from "./caller.mjs";
import { tell } from "./outcomes.mjs";

const [url, weather, story, time, goodbye] = process.argv.slice(2);
const HEADER_BYTES = 44;
const WITHIN_MS = 60000;

async function makeAgent() {
  const tools = [
    {
      type: "client",
      name: "weather",
      description: "What the weather is like.",
      expects_response: true,
      parameters: {
        type: "object",
        required: ["city"],
        properties: { city: { type: "string", description: "Where." } },
      },
    },
  ];
  const prompt = { prompt: "Be kind.", tools, built_in_tools: { end_call: { name: "end_call" } } };
  const made = await fetch(`${url}/v1/convai/agents/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Ours", conversation_config: { agent: { prompt } } }),
  });
  return (await made.json()).agent_id;
}

async function held({ isCut }) {
  const caller = new Caller([weather, story, `!${time}`, goodbye]);
  const parameters = [];
  const conversation = new VoiceConversation({
    url,
    apiKey: "any",
    agentId: await makeAgent(),
    agentConfig: { agent: { first_message: "Good evening, {{name}}." } },
    dynamicVariables: { name: "Tom" },
    source: caller.source,
    sink: caller.sink,
    tools: {
      weather: (given) => {
        parameters.push(given);
        return "windy";
      },
    },
  });
  const notes = { responses: [], transcripts: [], corrections: [], states: [], lost: [], parameters };
  conversation.on("agent_response", ({ text }) => notes.responses.push(text));
  conversation.on("user_transcript", ({ text, isFinal }) => isFinal && notes.transcripts.push(text));
  conversation.on("agent_response_correction", (event) =>
    notes.corrections.push([event.original, event.corrected]),
  );
  conversation.on("session_lost", ({ reason }) => notes.lost.push(reason));
  conversation.onState(({ state }) => notes.states.push(state));
  if (isCut) {
    // In the middle of the caller's words, and of the agent's.
    caller.onLine = () => setTimeout(() => conversation.cut(), 500);
    let isFirst = true;
    conversation.on("agent_speech", () => {
      if (isFirst) conversation.cut();
      isFirst = false;
    });
  }
  const guard = setTimeout(() => conversation.close(), WITHIN_MS);
  await conversation.connect();
  const { conversationId, sessionId } = conversation;
  const { by, code, reason } = await conversation.done;
  clearTimeout(guard);
  writeFileSync(isCut ? "cut.pcm" : "held.pcm", caller.heard);
  const kept = await (await fetch(`${url}/v1/convai/conversations/${conversationId}`)).json();
  return {
    ...notes,
    end: [by, code, reason],
    cuts: caller.cuts,
    isResumable: sessionId !== null,
    lostS: conversation.lostSoundS,
    kept: kept.transcript.map(({ role }) => role),
  };
}

const calls = {
  held: () => held({ isCut: false }),
  cut: () => held({ isCut: true }),
  async written() {
    const file = readFileSync(story).subarray(HEADER_BYTES);
    const samples = new Int16Array(Uint8Array.from(file).buffer);
    const transcriber = new Transcriber({ url, apiKey: "any", languageCode: "en", includeTimestamps: true });
    const found = [];
    transcriber.on("committed_transcript", (event) => found.push(event));
    await transcriber.connect();
    for (let at = 0; at < samples.length; at += 1600) {
      await transcriber.sendAudio(samples.slice(at, at + 1600));
      if (at === 6400) transcriber.cut();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await transcriber.finish();
    return {
      texts: found.map(({ text }) => text),
      words: found.flatMap(({ words }) => words).filter(({ kind }) => kind === "word"),
      seconds: samples.length / 16000,
    };
  },
};

await tell(calls);
