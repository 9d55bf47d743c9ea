// `node elevenlabs_client.mjs HTTP_ADDRESS KEY SOUND...`: the browser's SDK hears WAV files live.
// Each is an utterance. Prints what came of it as one JSON object.
import { readFileSync } from "node:fs";
import WebSocket from "ws";
import { tell } from "./outcomes.mjs";

// Of all that a browser has, the one thing that this needs.
globalThis.WebSocket = WebSocket;
const { AudioFormat, CommitStrategy, RealtimeEvents, Scribe } = await import("@elevenlabs/client");

const [address, key, ...paths] = process.argv.slice(2);
const HEADER_BYTES = 44;
const CHUNK_BYTES = 3200;
const SILENCE = Buffer.alloc(32000);

// What the page's own server does, which has the key.
async function singleUseToken() {
  const answer = await fetch(`${address}/v1/single-use-token/realtime_scribe`, {
    method: "POST",
    headers: { "xi-api-key": key },
  });
  return (await answer.json()).token;
}

async function hear(options, { silence, commits, event }) {
  const connection = Scribe.connect({
    token: await singleUseToken(),
    modelId: "scribe_v2_realtime",
    baseUri: address.replace("http", "ws"),
    audioFormat: AudioFormat.PCM_16000,
    sampleRate: 16000,
    ...options,
  });
  const types = [];
  const heard = [];
  await new Promise((resolve, reject) => {
    for (const type of Object.values(RealtimeEvents)) connection.on(type, () => types.push(type));
    connection.on(RealtimeEvents.ERROR, (error) => reject(new Error(error.error)));
    connection.on(RealtimeEvents.SESSION_STARTED, () => {
      for (const path of paths) {
        const sound = Buffer.concat([readFileSync(path).subarray(HEADER_BYTES), silence]);
        for (let start = 0; start < sound.length; start += CHUNK_BYTES) {
          const chunk = sound.subarray(start, start + CHUNK_BYTES);
          connection.send({ audioBase64: chunk.toString("base64") });
        }
        if (commits) connection.commit();
      }
    });
    connection.on(event, (data) => {
      if (heard.push(data) === paths.length) connection.close();
    });
    connection.on(RealtimeEvents.CLOSE, resolve);
  });
  return { heard, types };
}

const calls = {
  async manual() {
    return hear(
      {},
      { silence: Buffer.alloc(0), commits: true, event: RealtimeEvents.COMMITTED_TRANSCRIPT },
    );
  },
  async vad() {
    return hear(
      {
        commitStrategy: CommitStrategy.VAD,
        vadSilenceThresholdSecs: 0.6,
        includeTimestamps: true,
      },
      {
        silence: SILENCE,
        commits: false,
        event: RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS,
      },
    );
  },
};

await tell(calls);
