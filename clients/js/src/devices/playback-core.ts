/** What a loudspeaker's worklet does with its samples, apart from the worklet: a jitter buffer with ids. */
import { toFloat } from "../pcm.js";
import { Resampler } from "../resampler.js";
import type { Level } from "./sound.js";

// Long enough that no click is heard, short enough that no sound of speech is lost.
const FADE_S = 0.005;
const REPORT_S = 0.02;

/** How far playing has come. */
export interface PlaybackProgress {
  /** How far the sound that was queued since the start has been played, in seconds. */
  readonly playedS: number;
  /** How much of it waits, in seconds. */
  readonly queuedS: number;
  /** Of what sounds now; null in silence. */
  readonly eventId: number | null;
  readonly level: Level;
  /** How often more was wanted in the middle of an answer. */
  readonly underruns: number;
  /** How many pieces have come. */
  readonly pieces: number;
}

interface Piece {
  /** At the device's rate, full scale at 1. */
  readonly samples: Float32Array;
  readonly eventId: number;
  readonly fromS: number;
  readonly toS: number;
}

/**
 * Silent until the target depth is reached, or as much time has passed since the first sample came.
 * From then on it gives what it has; the last 5 ms before it runs dry fade out, and it fades in when
 * it goes on, so that gain and sound are both without a step.
 */
export class PlaybackCore {
  readonly #deviceHz: number;
  readonly #fade: number;
  readonly #target: number;
  #resampler: Resampler | null = null;
  #sampleRate = 0;
  #queue: Piece[] = [];
  #at = 0;
  #left = 0;
  #gain = 0;
  #isPlaying = false;
  #waited = 0;
  #toS = 0;
  #playedS = 0;
  #dryId: number | null = null;
  #underruns = 0;
  #pieces = 0;
  #meter = new Meter();

  /**
   * @param deviceHz - rate of what is rendered.
   * @param targetMs - how much waits before it begins.
   */
  constructor(deviceHz: number, targetMs: number) {
    this.#deviceHz = deviceHz;
    this.#fade = Math.max(1, Math.round(deviceHz * FADE_S));
    this.#target = Math.max(1, Math.round((deviceHz * targetMs) / 1000));
  }

  /** Queues 16-bit samples of `sampleRate` Hz. */
  push(samples: Int16Array, sampleRate: number, eventId: number): void {
    if (eventId === this.#dryId) this.#underruns += 1;
    this.#dryId = null;
    this.#pieces += 1;
    const fromS = this.#toS;
    this.#toS += samples.length / sampleRate;
    const resampled = this.#resamplerFor(sampleRate).process(toFloat(samples));
    this.#queue.push({ samples: resampled, eventId, fromS, toS: this.#toS });
    this.#left += resampled.length;
  }

  /** Drops what has an id up to this one; what sounds fades out. What is dropped counts as played. */
  interrupt(eventId: number): void {
    const kept = this.#queue.filter((piece) => piece.eventId > eventId);
    const first = this.#queue[0];
    const isSounding = first !== undefined && first.eventId <= eventId && this.#gain > 0;
    const tail = isSounding ? this.#tail(first) : [];
    const at = first === kept[0] ? this.#at : 0;
    this.#queue = [...tail, ...kept];
    this.#at = at;
    this.#left = this.#queue.reduce((sum, piece) => sum + piece.samples.length, -at);
    this.#dryId = null;
    if (kept.length === 0) this.#forgetPast();
    if (this.#queue.length === 0) this.#playedS = this.#toS;
  }

  /** Fills `output`, of one channel; gives what to report, about every 20 ms. */
  render(output: Float32Array): PlaybackProgress | null {
    if (!this.#isPlaying) this.#wait(output.length);
    for (let index = 0; index < output.length; index += 1) {
      output[index] = this.#isPlaying ? this.#next() : 0;
    }
    this.#meter.add(output);
    return this.#meter.count >= REPORT_S * this.#deviceHz ? this.#report() : null;
  }

  #report(): PlaybackProgress {
    const current = this.#queue[0];
    return {
      playedS: this.#playedS,
      queuedS: this.#left / this.#deviceHz,
      eventId: this.#isPlaying ? (current?.eventId ?? null) : null,
      level: this.#meter.take(),
      underruns: this.#underruns,
      pieces: this.#pieces,
    };
  }

  #resamplerFor(sampleRate: number): Resampler {
    if (this.#resampler === null || sampleRate !== this.#sampleRate) {
      this.#resampler = new Resampler(sampleRate, this.#deviceHz);
      this.#sampleRate = sampleRate;
    }
    return this.#resampler;
  }

  #wait(samples: number): void {
    if (this.#left === 0) return;
    this.#waited += samples;
    if (this.#left < this.#target && this.#waited < this.#target) return;
    this.#isPlaying = true;
    this.#waited = 0;
  }

  #next(): number {
    while (this.#queue[0] !== undefined && this.#at >= this.#queue[0].samples.length) this.#pass();
    const piece = this.#queue[0];
    if (piece === undefined) return this.#dry();
    this.#gain = Math.max(0, Math.min(this.#fade, this.#gain + (this.#left > this.#gain ? 1 : -1)));
    const sample = (piece.samples[this.#at] ?? 0) * (this.#gain / this.#fade);
    this.#at += 1;
    this.#left -= 1;
    const share = this.#at / piece.samples.length;
    this.#playedS = piece.fromS + share * (piece.toS - piece.fromS);
    return sample;
  }

  #pass(): void {
    const passed = this.#queue.shift();
    this.#at = 0;
    if (passed === undefined) return;
    this.#playedS = passed.toS;
    if (this.#queue.length === 0) this.#dryId = passed.eventId;
  }

  // What the resampler has kept back, a millisecond, belongs to what has faded out.
  #dry(): number {
    this.#isPlaying = false;
    this.#gain = 0;
    this.#forgetPast();
    return 0;
  }

  #forgetPast(): void {
    this.#resampler?.flush();
  }

  // Faded by itself, because another answer may follow.
  #tail(piece: Piece): Piece[] {
    const sounding = piece.samples.subarray(this.#at, this.#at + this.#gain);
    const samples = sounding.map((sample, index) => sample * (1 - (index + 1) / sounding.length));
    const toS = this.#queue.reduce((latest, queued) => Math.max(latest, queued.toS), piece.toS);
    return samples.length === 0 ? [] : [{ ...piece, samples, fromS: toS, toS }];
  }
}

class Meter {
  count = 0;
  #power = 0;
  #peak = 0;

  add(samples: Float32Array): void {
    this.count += samples.length;
    for (const sample of samples) {
      this.#power += sample * sample;
      this.#peak = Math.max(this.#peak, Math.abs(sample));
    }
  }

  take(): Level {
    const level = { rms: Math.sqrt(this.#power / Math.max(1, this.count)), peak: this.#peak };
    this.count = this.#power = this.#peak = 0;
    return level;
  }
}
