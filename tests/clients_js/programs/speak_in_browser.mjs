// Speaks like speak.mjs where there are no environment variables, and cuts the network.
import { createHash } from "node:crypto";

import { RealtimeTTS } from "vivavoce";

const [url, apiKey] = process.argv.slice(2);
const cutEvery = 5;
const text = Array.from({ length: 40 }, (_, n) => `This is sentence number ${n}.`).join(" ");

const tts = new RealtimeTTS({ outputFormat: "mp3_44100_128", apiKey, url });
await tts.connect();
const hash = createHash("sha256");
const chars = [];
let chunks = 0;
let cuts = 0;
let bytes = 0;
for await (const { audio, alignment, isFinal } of tts.stream(text)) {
  hash.update(audio);
  bytes += audio.length;
  chars.push(...alignment.chars);
  chunks += 1;
  if (cutEvery > 0 && !isFinal && chunks % cutEvery === 0) {
    tts.cut();
    cuts += 1;
  }
}
const { sessionId } = tts;
await tts.close();
const said = chars.join("").trim() === text;
console.log(JSON.stringify({ sha256: hash.digest("hex"), bytes, chunks, cuts, said, sessionId }));
