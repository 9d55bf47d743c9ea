// `node elevenlabs_sdk.mjs HTTP_ADDRESS`: what the official SDK can ask for over REST. Writes audio
// beside where it is run, and what came of each call as one JSON object on standard output.
import { writeFileSync } from "node:fs";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { tell } from "./outcomes.mjs";

const VOICE = "21m00Tcm4TlvDq8ikWAM";
const WORDS = "Good morning, everyone. The train leaves in an hour.";

const client = new ElevenLabsClient({ baseUrl: process.argv[2], apiKey: "any" });

async function save(name, stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  writeFileSync(name, Buffer.concat(pieces));
  return pieces.length;
}

const calls = {
  async convert() {
    const audio = await client.textToSpeech.convert(VOICE, {
      text: WORDS,
      modelId: "eleven_multilingual_v2",
      outputFormat: "mp3_44100_128",
      voiceSettings: { stability: 0.5, speed: 1 },
    });
    await save("convert.mp3", audio);
  },
  async stream() {
    const audio = await client.textToSpeech.stream(VOICE, { text: WORDS, outputFormat: "pcm_24000" });
    return save("stream.pcm", audio);
  },
  async convertWithTimestamps() {
    const answer = await client.textToSpeech.convertWithTimestamps(VOICE, {
      text: WORDS,
      outputFormat: "pcm_24000",
    });
    writeFileSync("convertWithTimestamps.pcm", Buffer.from(answer.audioBase64, "base64"));
    return [answer.alignment];
  },
  async streamWithTimestamps() {
    const answers = await client.textToSpeech.streamWithTimestamps(VOICE, {
      text: WORDS,
      outputFormat: "pcm_24000",
    });
    const audio = [];
    const alignments = [];
    for await (const { audioBase64, alignment } of answers) {
      audio.push(Buffer.from(audioBase64, "base64"));
      alignments.push(alignment);
    }
    writeFileSync("streamWithTimestamps.pcm", Buffer.concat(audio));
    return alignments;
  },
  async voices() {
    const { voices } = await client.voices.getAll();
    const found = await client.voices.search({ search: "rachel", pageSize: 1 });
    const one = await client.voices.get(VOICE);
    return {
      everybody: voices.map((voice) => voice.name),
      found: found.voices.map((voice) => voice.name),
      more: found.hasMore,
      one: one.name,
    };
  },
  async models() {
    const models = await client.models.list();
    return models.map((model) => [model.modelId, model.languages.map((one) => one.languageId)]);
  },
  async user() {
    const user = await client.user.get();
    const subscription = await client.user.subscription.get();
    return {
      id: user.userId,
      status: user.subscription.status,
      characters: [subscription.characterCount, subscription.characterLimit],
    };
  },
};

await tell(calls);
