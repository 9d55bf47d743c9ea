// `node elevenlabs_scribe.mjs HTTP_ADDRESS KEY SOUND...`: the official SDK hears WAV files, as they
// are and live. Each is an utterance. Prints what came of each call as one JSON object.
import { createReadStream, readFileSync } from "node:fs";
import { createServer } from "node:http";
import {
  AudioFormat,
  CommitStrategy,
  ElevenLabsClient,
  RealtimeEvents,
} from "@elevenlabs/elevenlabs-js";
import { tell } from "./outcomes.mjs";

const [address, apiKey, ...paths] = process.argv.slice(2);
const client = new ElevenLabsClient({ baseUrl: address, apiKey });

// The SDK tells of FFmpeg's end here, where the answers go.
console.log = () => {};

const HEADER_BYTES = 44;
const CHUNK_BYTES = 3200;
const SILENCE = Buffer.alloc(32000);
const LIVE = { modelId: "scribe_v2_realtime", audioFormat: AudioFormat.PCM_16000, sampleRate: 16000 };

// Its errors are an emitter's, which end the process unless somebody listens.
async function live(options, sounds, { commits, event, count }) {
  const connection = await client.speechToText.realtime.connect({ ...LIVE, ...options });
  const types = [];
  const heard = [];
  await new Promise((resolve, reject) => {
    for (const type of Object.values(RealtimeEvents)) connection.on(type, () => types.push(type));
    connection.on(RealtimeEvents.ERROR, (error) => reject(new Error(error.error ?? error.message)));
    connection.on(RealtimeEvents.SESSION_STARTED, () => {
      for (const sound of sounds) {
        for (let start = 0; start < sound.length; start += CHUNK_BYTES) {
          const chunk = sound.subarray(start, start + CHUNK_BYTES);
          connection.send({ audioBase64: chunk.toString("base64") });
        }
        if (commits) connection.commit();
      }
    });
    connection.on(event, (data) => {
      if (heard.push(data) === count) connection.close();
    });
    connection.on(RealtimeEvents.CLOSE, resolve);
  });
  return { heard, types };
}

// FFmpeg reads the first file from a web server; the SDK closes when it has come to the end.
async function fromUrl(options) {
  const web = createServer((_, response) => response.end(readFileSync(paths[0])));
  await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${web.address().port}/`;
  const connection = await client.speechToText.realtime.connect({
    modelId: LIVE.modelId,
    url,
    ...options,
  });
  const texts = [];
  connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT, (data) => texts.push(data.text));
  await new Promise((resolve, reject) => {
    connection.on(RealtimeEvents.ERROR, (error) => reject(new Error(error.error ?? error.message)));
    connection.on(RealtimeEvents.CLOSE, resolve);
  });
  web.close();
  return texts;
}

const sounds = paths.map((path) => readFileSync(path).subarray(HEADER_BYTES));

const calls = {
  async convert() {
    return client.speechToText.convert({
      file: createReadStream(paths[0]),
      modelId: "scribe_v2",
      timestampsGranularity: "word",
      additionalFormats: [{ format: "srt" }],
    });
  },
  async manual() {
    return live({}, sounds, {
      commits: true,
      event: RealtimeEvents.COMMITTED_TRANSCRIPT,
      count: paths.length,
    });
  },
  async vad() {
    const { token } = await client.tokens.singleUse.create("realtime_scribe");
    return live(
      {
        token,
        commitStrategy: CommitStrategy.VAD,
        vadSilenceThresholdSecs: 0.6,
        includeTimestamps: true,
        includeLanguageDetection: true,
      },
      sounds.map((sound) => Buffer.concat([sound, SILENCE])),
      {
        commits: false,
        event: RealtimeEvents.COMMITTED_TRANSCRIPT_WITH_TIMESTAMPS,
        count: paths.length,
      },
    );
  },
  async urlManual() {
    return fromUrl({ commitStrategy: CommitStrategy.MANUAL });
  },
  async urlVad() {
    return fromUrl({ commitStrategy: CommitStrategy.VAD, vadSilenceThresholdSecs: 0.6 });
  },
  async refused() {
    return live({ token: "nobody's" }, [], { commits: false, event: RealtimeEvents.ERROR, count: 1 })
      .then(() => null)
      .catch((error) => error.message);
  },
};

await tell(calls);
