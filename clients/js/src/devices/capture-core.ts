/** What a microphone's worklet does with its samples, apart from the worklet. */
import { levelOf, toInt16 } from "../pcm.js";
import { Resampler } from "../resampler.js";
import type { Level } from "./sound.js";

/** A piece of what was heard, 16-bit mono. */
export interface CapturedPiece {
  readonly samples: Int16Array;
  readonly level: Level;
}

/** Mixes to mono, changes the rate, and cuts into pieces of one length. */
export class CaptureCore {
  readonly #resampler: Resampler;
  readonly #piece: Float32Array;
  #filled = 0;

  /**
   * @param deviceHz - rate of what comes in.
   * @param sampleRate - Hz of the pieces.
   * @param pieceMs - how long each is; a part of a sample is left out.
   */
  constructor(deviceHz: number, sampleRate: number, pieceMs: number) {
    this.#resampler = new Resampler(deviceHz, sampleRate);
    this.#piece = new Float32Array(Math.floor((sampleRate * pieceMs) / 1000));
  }

  /** @param channels - one array of samples each, all of the same length, full scale at 1. */
  process(channels: readonly Float32Array[]): CapturedPiece[] {
    if (channels.length === 0) return [];
    return this.#cut(this.#resampler.process(mixed(channels)));
  }

  #cut(samples: Float32Array): CapturedPiece[] {
    const pieces: CapturedPiece[] = [];
    for (let at = 0; at < samples.length; ) {
      const part = samples.subarray(at, at + this.#piece.length - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#piece.length) pieces.push(this.#take());
    }
    return pieces;
  }

  #take(): CapturedPiece {
    this.#filled = 0;
    const samples = toInt16(this.#piece);
    return { samples, level: levelOf(samples) };
  }
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first, ...others] = channels;
  if (first === undefined || others.length === 0) return first ?? new Float32Array();
  return first.map((sample, at) => {
    let sum = sample;
    for (const other of others) sum += other[at] ?? 0;
    return sum / channels.length;
  });
}
