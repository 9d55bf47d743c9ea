/** What the page and the audio thread tell each other. */
import type { PlaybackProgress } from "./playback-core.js";

export const CAPTURE = "vivavoce-capture";
export const PLAYBACK = "vivavoce-playback";

export interface CaptureOptions {
  /** Hz of the pieces. */
  readonly sampleRate: number;
  readonly pieceMs: number;
}

export interface PlaybackOptions {
  readonly targetMs: number;
}

/** To the loudspeaker's worklet. */
export type PlaybackMessage =
  | {
      readonly type: "push";
      readonly samples: Int16Array;
      readonly sampleRate: number;
      readonly eventId: number;
    }
  | { readonly type: "interrupt"; readonly eventId: number }
  | { readonly type: "over" };

/** From it; `atS` is on the clock of the AudioContext. */
export type TimedProgress = PlaybackProgress & { readonly atS: number };
