import type { ConnectionOptions } from "./connection-options.js";
import type { AudioSink, AudioSource } from "./devices/sound.js";
import type { CallSetup } from "./initiation.js";
import type { Tools } from "./tools.js";

/** Whom to call, and with what to hear and to speak. */
export interface VoiceConversationOptions extends CallSetup {
  /** Browsers can send no headers, so there it stands in the address: give a page a `signedUrl`. */
  readonly apiKey?: string;
  /** Without one, the server's own agent. */
  readonly agentId?: string;
  /** Of the server, `http` or `ws`; by default the environment's `VIVAVOCE_URL`, or this machine's. */
  readonly url?: string;
  /** Stands for `url`, `agentId` and `apiKey`. */
  readonly signedUrl?: string;
  /** What the caller says; without one, `sendAudio` and `sendText`. */
  readonly source?: AudioSource;
  /** What plays the agent's speech; without one it is in the events alone. */
  readonly sink?: AudioSink;
  readonly tools?: Tools;
  /** Whether another session carries the call on when the server has lost it; yes by default. */
  readonly restart?: boolean;
  readonly connection?: ConnectionOptions;
}
