// Speaks what stdin says over one connection of the TypeScript client; prints a digest of each
// utterance, and how many sessions it took. The client's built entry is the only argument.
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { RealtimeTTS } = await import(pathToFileURL(process.argv[2]).href);
const asked = JSON.parse(await text(process.stdin));

const tts = new RealtimeTTS({
  url: asked.url,
  voiceId: asked.voice,
  outputFormat: asked.format,
  seed: asked.seed,
});
await tts.connect();
const digests = [];
const sessions = new Set();
for (const sentences of asked.utterances) {
  const context = tts.context();
  for (const sentence of sentences) await context.sendText(sentence, true);
  await context.finish();
  const digest = createHash("sha256");
  for await (const { audio, alignment } of context) {
    digest.update(audio);
    const { chars, startsMs, durationsMs } = alignment;
    chars.forEach((char, at) => {
      digest.update(`${char}${Math.round(startsMs[at])},${Math.round(durationsMs[at])};`);
    });
  }
  digests.push(digest.digest("hex"));
  sessions.add(tts.sessionId);
}
await tts.close();
console.log(JSON.stringify({ digests, sessions: sessions.size }));
