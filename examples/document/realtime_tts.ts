// The TypeScript class of the document "WebSocket 实时语音", for which this server was written, and its
// usage example, word for word. Replace wss://api.elevenlabs.io with the address that `vivavoce serve`
// prints. What the callback gets is base64 text in a Buffer; with ?frames=binary in the URL it is the
// audio itself.
import WebSocket from "ws";
interface TTSConfig {
  apiKey: string;
  voiceId: string;
  modelId?: string;
}
class RealtimeTTS {
  private ws: WebSocket | null = null;
  private config: TTSConfig;
  private onAudio: (audio: Buffer) => void;
  constructor(config: TTSConfig, onAudio: (audio: Buffer) => void) {
    this.config = config;
    this.onAudio = onAudio;
  }
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const modelId = this.config.modelId || "eleven_multilingual_v2";
      const url = `wss://api.elevenlabs.io/v1/text-to-speech/${modelId}/stream-input`;
      this.ws = new WebSocket(url);
      this.ws.on("open", () => {
        const initMessage = {
          text: " ",
          voice_settings: {
            stability: 0.5,
            similarity_boost: 0.75,
          },
          xi_api_key: this.config.apiKey,
        };
        this.ws!.send(JSON.stringify(initMessage));
        resolve();
      });
      this.ws.on("message", (data: Buffer) => {
        this.onAudio(data);
      });
      this.ws.on("error", (error) => {
        reject(error);
      });
    });
  }
  sendText(text: string, flush = true): void {
    if (this.ws) {
      const message = JSON.stringify({ text, flush });
      this.ws.send(message);
    }
  }
  close(): void {
    if (this.ws) {
      this.ws.send(JSON.stringify({ text: "" }));
      this.ws.close();
    }
  }
}
// 使用示例
const tts = new RealtimeTTS(
  {
    apiKey: process.env.ELEVENLABS_API_KEY!,
    voiceId: "JBFqnCBsd6RMkjVDRZzb",
  },
  (audio) => {
    console.log(`Received ${audio.length} bytes of audio`);
  }
);
async function main() {
  await tts.connect();
  tts.sendText("Hello, this is a real-time test.");
}
main();
