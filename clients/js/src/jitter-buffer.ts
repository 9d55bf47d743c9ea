/** Sound between a network, which has its moods, and a loudspeaker, which has none. */

/** Durations in seconds. */
export interface JitterBufferOptions {
  /** Hz. */
  readonly sampleRate: number;
  /** How much must wait before playing begins, and begins again (0.1). */
  readonly targetS?: number;
  /** Over which sound fades in and out where there would be a click (0.005). */
  readonly fadeS?: number;
  /** The most that may wait (600). */
  readonly maxS?: number;
}

const FULL_SCALE = 32768;

/**
 * Plays without clicks what comes in fits and starts: it begins when the target depth is reached,
 * fades out before it runs dry, and fades in again when it is filled again.
 *
 * What is too short to reach the depth is played once nothing has come for as long as the depth is.
 * Time is what has been read. A plain object: nothing in it but samples.
 */
export class JitterBuffer {
  readonly #targetSamples: number;
  readonly #maxSamples: number;
  readonly #step: number;
  readonly #sampleRate: number;
  #pieces: Float32Array[] = [];
  #offset = 0;
  #queued = 0;
  #gain = 0;
  #isPlaying = false;
  #sinceWrite = 0;
  #underruns = 0;

  /** @throws RangeError for a rate or a duration that makes no sense. */
  constructor({ sampleRate, targetS = 0.1, fadeS = 0.005, maxS = 600 }: JitterBufferOptions) {
    if (!(sampleRate > 0 && targetS >= 0 && fadeS >= 0 && maxS > targetS)) {
      throw new RangeError("A jitter buffer needs a rate above 0, and maxS above targetS.");
    }
    this.#sampleRate = sampleRate;
    this.#targetSamples = Math.ceil(targetS * sampleRate);
    this.#maxSamples = Math.floor(maxS * sampleRate);
    this.#step = 1 / Math.max(1, Math.round(fadeS * sampleRate));
  }

  /** Seconds that wait. */
  get queuedS(): number {
    return this.#queued / this.#sampleRate;
  }

  /** Whether the last read gave sound. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** How often it has run dry. */
  get underruns(): number {
    return this.#underruns;
  }

  /**
   * Puts mono sound at the end: 16-bit integers, or floats from -1 to 1. It is copied.
   *
   * @throws RangeError when more would wait than may; nothing of it is taken then.
   */
  write(samples: Int16Array | Float32Array): void {
    if (this.#queued + samples.length > this.#maxSamples) {
      throw new RangeError(`More than ${this.#maxSamples / this.#sampleRate} s of sound would wait.`);
    }
    if (samples.length === 0) return;
    const piece = Float32Array.from(samples);
    if (samples instanceof Int16Array) for (const at of piece.keys()) piece[at]! /= FULL_SCALE;
    this.#pieces.push(piece);
    this.#queued += piece.length;
    this.#sinceWrite = 0;
  }

  /** Fills `out`, with silence where there is no sound; gives how many samples of sound it got. */
  read(out: Float32Array): number {
    this.#begin();
    this.#sinceWrite += out.length;
    let given = 0;
    while (given < out.length && this.#isPlaying && this.#queued > 0) {
      out[given] = this.#nextSample();
      given += 1;
    }
    out.fill(0, given);
    if (this.#isPlaying && this.#queued === 0) this.#pause();
    return given;
  }

  /** Drops what waits; what is sounding fades out. */
  clear(): void {
    const tail = this.#isPlaying ? Math.min(this.#queued, Math.round(this.#gain / this.#step)) : 0;
    const kept = new Float32Array(tail);
    for (const at of kept.keys()) kept[at] = this.#take();
    this.#pieces = tail > 0 ? [kept] : [];
    this.#offset = 0;
    this.#queued = tail;
  }

  #begin(): void {
    if (this.#isPlaying || this.#queued === 0) return;
    const nothingComes = this.#sinceWrite >= this.#targetSamples;
    if (this.#queued >= this.#targetSamples || nothingComes) this.#isPlaying = true;
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#gain = 0;
    this.#underruns += 1;
  }

  /** The gain never moves by more than one step, and is 0 where the sound ends. */
  #nextSample(): number {
    const sample = this.#take();
    this.#gain = Math.min(1, this.#gain + this.#step, this.#queued * this.#step);
    return sample * this.#gain;
  }

  #take(): number {
    const piece = this.#pieces[0];
    if (piece === undefined) return 0;
    const sample = piece[this.#offset] ?? 0;
    this.#offset += 1;
    this.#queued -= 1;
    if (this.#offset === piece.length) {
      this.#pieces.shift();
      this.#offset = 0;
    }
    return sample;
  }
}
