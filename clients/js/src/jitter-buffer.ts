/** Sound between a network, which has its moods, and a loudspeaker, which has none. */
import { toFloat } from "./pcm.js";

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
  // How many samples are left before a place where what was to follow is missing.
  #untilSeam = Infinity;
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
    this.#pieces.push(samples instanceof Int16Array ? toFloat(samples) : samples.slice());
    this.#queued += samples.length;
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
    this.drop(this.#queued);
  }

  /**
   * Drops the first `samples` that wait; what is sounding fades out, and what follows fades in.
   * Gives how many of them are kept for that.
   */
  drop(samples: number): number {
    const dropped = Math.min(samples, this.#queued);
    const fading = this.#isPlaying ? Math.round(this.#gain / this.#step) : 0;
    // What ends before it has faded out goes over into what follows as it would have done.
    if (dropped <= fading) return dropped;
    const kept = Float32Array.from({ length: fading }, () => this.#take());
    this.#skip(dropped - fading);
    const first = this.#pieces[0]?.subarray(this.#offset);
    const rest = first === undefined ? [] : [first, ...this.#pieces.slice(1)];
    this.#pieces = fading === 0 ? rest : [kept, ...rest];
    this.#offset = 0;
    this.#queued += fading;
    this.#untilSeam = fading === 0 ? Infinity : fading;
    return fading;
  }

  #begin(): void {
    if (this.#isPlaying || this.#queued === 0) return;
    const nothingComes = this.#sinceWrite >= this.#targetSamples;
    if (this.#queued >= this.#targetSamples || nothingComes) this.#isPlaying = true;
  }

  #pause(): void {
    this.#isPlaying = false;
    this.#gain = 0;
    this.#untilSeam = Infinity;
    this.#underruns += 1;
  }

  /** The gain never moves by more than one step, and is 0 where the sound ends. */
  #nextSample(): number {
    const sample = this.#take();
    this.#untilSeam -= 1;
    const left = Math.min(this.#queued, this.#untilSeam);
    this.#gain = Math.min(1, this.#gain + this.#step, left * this.#step);
    if (this.#untilSeam <= 0) this.#untilSeam = Infinity;
    return sample * this.#gain;
  }

  #skip(samples: number): void {
    let left = samples;
    while (left > 0 && this.#pieces[0] !== undefined) {
      const step = Math.min(left, this.#pieces[0].length - this.#offset);
      left -= step;
      this.#offset += step;
      this.#queued -= step;
      this.#passEnd(this.#pieces[0]);
    }
  }

  #take(): number {
    const piece = this.#pieces[0];
    if (piece === undefined) return 0;
    const sample = piece[this.#offset] ?? 0;
    this.#offset += 1;
    this.#queued -= 1;
    this.#passEnd(piece);
    return sample;
  }

  #passEnd(first: Float32Array): void {
    if (this.#offset < first.length) return;
    this.#pieces.shift();
    this.#offset = 0;
  }
}
