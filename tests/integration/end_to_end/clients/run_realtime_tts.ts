// The document's class, from ./realtime_tts_class, with its audio kept in output.mp3. Anything on
// standard input calls its close().
import { appendFileSync } from "node:fs";
import { RealtimeTTS } from "./realtime_tts_class";

const tts = new RealtimeTTS({ apiKey: "any", voiceId: "JBFqnCBsd6RMkjVDRZzb" }, (audio: Buffer) => {
  appendFileSync("output.mp3", Buffer.from(audio.toString(), "base64"));
});
process.stdin.once("data", () => {
  tts.close();
  process.stdin.destroy();
});
tts.connect().then(() => tts.sendText("Hello, this is a real-time test."));
