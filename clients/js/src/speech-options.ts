import type { ConnectionOptions } from "./connection-options.js";
import { present } from "./fields.js";
import type { JsonObject } from "./json.js";
import type { VoiceSettings } from "./wire.js";

// The longest that the protocol has.
export const INACTIVITY_TIMEOUT_S = 180;

/** Text as it comes: whole, in pieces, or from a language model that is writing. */
export type TextSource = string | Iterable<string> | AsyncIterable<string>;

/** What is to be spoken with, and where. */
export interface RealtimeTTSOptions {
  /** Goes into a header; in browsers, which cannot send any, into the query. */
  readonly apiKey?: string;
  /** A single-use token, in place of the key: what a page should have. */
  readonly token?: string;
  readonly voiceId?: string;
  readonly modelId?: string;
  /** Of the server; without one the environment's `VIVAVOCE_URL`, else `http://127.0.0.1:8000`. */
  readonly url?: string;
  /** `codec_Hz`, or `codec_Hz_kbps`. */
  readonly outputFormat?: string;
  /** The server's own without them. */
  readonly voiceSettings?: VoiceSettings;
  /** After how many characters each generation starts, 50 to 500 each. */
  readonly chunkLengthSchedule?: readonly number[];
  readonly seed?: number;
  /** ISO 639-1. */
  readonly languageCode?: string;
  /** A server ends what it has heard nothing of for so long: 1 to 180 (180). */
  readonly inactivityTimeoutS?: number;
  /** Of audio that nobody takes: then the server waits (1 MiB for each utterance). */
  readonly bufferBytes?: number;
  readonly connection?: ConnectionOptions;
}

/** What one utterance has of its own. */
export interface UtteranceOptions {
  /** In place of the connection's. */
  readonly voiceSettings?: VoiceSettings;
}

/** What the socket is asked for. */
export function query(options: RealtimeTTSOptions): Record<string, string | undefined> {
  const { modelId = "eleven_multilingual_v2", outputFormat = "mp3_44100_128" } = options;
  return {
    model_id: modelId,
    output_format: outputFormat,
    language_code: options.languageCode,
    seed: options.seed?.toString(),
    single_use_token: options.token,
    inactivity_timeout: String(options.inactivityTimeoutS ?? INACTIVITY_TIMEOUT_S),
    // The cloud sends few times without it.
    sync_alignment: "true",
    flush_done: "true",
  };
}

/** What the message that opens an utterance says beside its text. */
export function utteranceSettings(
  options: RealtimeTTSOptions,
  voiceSettings = options.voiceSettings,
): JsonObject {
  const { chunkLengthSchedule } = options;
  return present({
    voice_settings: voiceSettings && present({ ...voiceSettings }),
    generation_config: chunkLengthSchedule && { chunk_length_schedule: [...chunkLengthSchedule] },
  });
}
