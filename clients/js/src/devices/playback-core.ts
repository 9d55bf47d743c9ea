/** What a loudspeaker's worklet does with its samples, apart from the worklet: a jitter buffer with ids. */
import { JitterBuffer } from "../jitter-buffer.js";
import { toFloat } from "../pcm.js";
import { Resampler } from "../resampler.js";
import type { Level } from "./sound.js";

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

/** Where a piece of what waits belongs to. */
interface Mark {
  readonly eventId: number;
  /** At the device's rate. */
  readonly samples: number;
  readonly fromS: number;
  readonly toS: number;
}

/** A {@link JitterBuffer} at the device's rate that knows whose sound it plays, and how far that is. */
export class PlaybackCore {
  readonly #deviceHz: number;
  // Whoever pushes more than is wanted knows it from `queuedS`.
  readonly #sound: JitterBuffer;
  #resampler: Resampler | null = null;
  #sampleRate = 0;
  #marks: Mark[] = [];
  #at = 0;
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
    this.#sound = new JitterBuffer({ sampleRate: deviceHz, targetS: targetMs / 1000, maxS: Infinity });
  }

  /** Queues 16-bit samples of `sampleRate` Hz; ids only grow. */
  push(samples: Int16Array, sampleRate: number, eventId: number): void {
    if (eventId === this.#dryId) this.#underruns += 1;
    this.#dryId = null;
    this.#pieces += 1;
    const fromS = this.#toS;
    this.#toS += samples.length / sampleRate;
    const resampled = this.#resamplerFor(sampleRate).process(toFloat(samples));
    this.#marks.push({ eventId, samples: resampled.length, fromS, toS: this.#toS });
    this.#sound.write(resampled);
  }

  /** Drops what has an id up to this one; what sounds fades out. What is dropped counts as played. */
  interrupt(eventId: number): void {
    const dropped = this.#marks.filter((mark) => mark.eventId <= eventId);
    const last = dropped.at(-1);
    this.#dryId = null;
    if (last === undefined) return;
    const samples = this.#sound.drop(dropped.reduce((sum, mark) => sum + mark.samples, -this.#at));
    const faded = samples === 0 ? [] : [{ ...last, samples, fromS: last.toS }];
    this.#marks = [...faded, ...this.#marks.slice(dropped.length)];
    this.#at = 0;
    this.#playedS = last.toS;
    if (this.#marks.length === faded.length) this.#forgetPast();
  }

  /** Fills `output`, of one channel; gives what to report, about every 20 ms. */
  render(output: Float32Array): PlaybackProgress | null {
    const given = this.#sound.read(output);
    this.#advance(given);
    if (given > 0 && !this.#sound.isPlaying) this.#forgetPast();
    this.#meter.add(output);
    return this.#meter.count >= REPORT_S * this.#deviceHz ? this.#report() : null;
  }

  #report(): PlaybackProgress {
    return {
      playedS: this.#playedS,
      queuedS: this.#sound.queuedS,
      eventId: this.#sound.isPlaying ? (this.#marks[0]?.eventId ?? null) : null,
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

  #advance(samples: number): void {
    this.#at += samples;
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      if (this.#at < mark.samples) {
        this.#playedS = mark.fromS + (this.#at / mark.samples) * (mark.toS - mark.fromS);
        return;
      }
      this.#at -= mark.samples;
      this.#marks.shift();
      this.#playedS = mark.toS;
      if (this.#marks.length === 0) this.#dryId = mark.eventId;
    }
  }

  // What the resampler has kept back, a millisecond, belongs to what has faded out.
  #forgetPast(): void {
    this.#resampler?.flush();
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
