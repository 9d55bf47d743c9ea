// `node realtime_tts.mjs [TEXT]`: the class of the founding document, into realtime_tts.mp3.
//
// Text goes in at any time, audio comes out as soon as there is some, over one connection, which
// comes back by itself when the network fails. VIVAVOCE_URL says where the server is, if not on this
// machine. How to install the package is in README.md.
import { createWriteStream } from "node:fs";
import { RealtimeTTS } from "vivavoce";

const [text = "Hello, this is a real-time test."] = process.argv.slice(2);

const tts = new RealtimeTTS({ apiKey: "your_api_key", voiceId: "JBFqnCBsd6RMkjVDRZzb" });
await tts.connect();
const file = createWriteStream("realtime_tts.mp3");
for await (const { audio } of tts.stream(text)) {
  if (audio.length > 0) console.log(`Received ${audio.length} bytes of audio`);
  file.write(audio);
}
file.end();
await tts.close();
