// The founding document's program; its class comes from the package.
import { RealtimeTTS } from "vivavoce";

const tts = new RealtimeTTS(
  {
    apiKey: process.env.ELEVENLABS_API_KEY!,
    voiceId: "JBFqnCBsd6RMkjVDRZzb",
  },
  (audio) => {
    console.log(`Received ${audio.length} bytes of audio`);
  },
);

async function main() {
  await tts.connect();
  tts.sendText("Hello, this is a real-time test.");
}

main();
