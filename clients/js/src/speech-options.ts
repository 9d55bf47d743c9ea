import type { ConnectionOptions } from "./connection-options.js";
import type { VoiceSettings } from "./wire.js";

// The longest that the protocol has.
export const INACTIVITY_TIMEOUT_S = 180;

/** Text as it comes: whole, in pieces, or from a language model that is writing. */
export type TextSource = string | Iterable<string> | AsyncIterable<string>;

/** What is to be spoken with, and where. */
export interface RealtimeTTSOptions {
  /** Goes into a header; in browsers, which cannot send any, into the query. */
  readonly apiKey?: string;
  readonly voiceId?: string;
  readonly modelId?: string;
  /** Of the server; without one the environment's `VIVAVOCE_URL`, else `http://127.0.0.1:8000`. */
  readonly url?: string;
  /** `codec_Hz`, or `codec_Hz_kbps`. */
  readonly outputFormat?: string;
  readonly voiceSettings?: VoiceSettings;
  readonly seed?: number;
  /** ISO 639-1. */
  readonly languageCode?: string;
  readonly connection?: ConnectionOptions;
}

/** What the socket is asked for. */
export function query(options: RealtimeTTSOptions): Record<string, string | undefined> {
  const { modelId = "eleven_multilingual_v2", outputFormat = "mp3_44100_128" } = options;
  return {
    model_id: modelId,
    output_format: outputFormat,
    language_code: options.languageCode,
    seed: options.seed?.toString(),
    inactivity_timeout: String(INACTIVITY_TIMEOUT_S),
    // The cloud sends few times without it.
    sync_alignment: "true",
    flush_done: "true",
  };
}
