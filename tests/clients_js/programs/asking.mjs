// `node asking.mjs HTTP_ADDRESS`: what a server is asked for by default, by each of the three.
import { RealtimeTTS, Transcriber, VoiceConversation } from "vivavoce";

const [url] = process.argv.slice(2);
const usual = { url, apiKey: "secret" };

const tts = new RealtimeTTS(usual);
await tts.connect();
await tts.sendText("Hello.");
await tts.done;
await new VoiceConversation(usual).connect().catch(() => undefined);
const agentConfig = { agent: { prompt: { text: "Be kind." }, voice: { voice_id: "Viola" } } };
const wishes = { agentId: "a", agentConfig, textOnly: true, userId: "u", dynamicVariables: { n: 1 } };
await new VoiceConversation({ ...usual, ...wishes }).connect().catch(() => undefined);
await new Transcriber(usual).connect().catch(() => undefined);
await new Transcriber({ ...usual, commitStrategy: "vad", languageCode: "en" }).connect().catch(() => undefined);
