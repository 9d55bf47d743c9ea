/** Loudness for people, and who is speaking. */

// Below this nothing is heard over a room; dB of full scale.
const SILENCE_DB = -60;
// Speech at arm's length from a laptop is some 20 dB above this, its fan 10 dB below.
const VOICED_DB = -45;

/** How much of a meter `rms` (of full scale) fills, 0 to 1. */
export function levelShare(rms: number): number {
  return Math.min(1, Math.max(0, 1 - decibels(rms) / SILENCE_DB));
}

/** Whether `rms` (of full scale) is that of a voice. */
export function isVoiced(rms: number): boolean {
  return decibels(rms) > VOICED_DB;
}

function decibels(rms: number): number {
  return 20 * Math.log10(Math.max(rms, 1e-6));
}

// Between words of one sentence it is quiet for shorter than this.
const PAUSE_MS = 700;

/** When somebody began to speak and was last heard, by the loudness of their microphone. */
export class SpeechClock {
  /** When the present or last stretch of speech began; null before the first. */
  startMs: number | null = null;
  /** When a voice was last heard; null before the first time. */
  lastMs: number | null = null;

  /** A piece of sound that ended at `nowMs` is as loud as `rms`. */
  feed(rms: number, nowMs: number): void {
    if (!isVoiced(rms)) return;
    if (this.lastMs === null || nowMs - this.lastMs > PAUSE_MS) this.startMs = nowMs;
    this.lastMs = nowMs;
  }
}
