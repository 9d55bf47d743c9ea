/**
 * Changes the rate of a stream of samples by a windowed sinc (J. O. Smith, "Digital Audio
 * Resampling"), polyphase. What comes out begins when what goes in begins: it has no delay but the
 * wait for half a window of later samples.
 */

// Zero crossings on each side, and Kaiser's beta: stop band some 80 dB down. The band that passes
// ends at 0.9 of the lower rate's half, so that the slope lies below it.
const ZERO_CROSSINGS = 16;
const KAISER_BETA = 8;
const PASS_BAND = 0.9;
// Every pair of usual rates needs fewer (11,025 to 48,000 Hz has 640); of odd pairs the nearest counts.
const MOST_PHASES = 1024;

export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #phases: readonly Float32Array[];
  readonly #half: number;
  #held: Float32Array;
  // Where the next sample lies in `#held`: a whole index, and the rest in parts of `#up`.
  #at: number;
  #rest = 0;

  /** @throws RangeError if a rate is not a whole number above 0. */
  constructor(fromHz: number, toHz: number) {
    for (const rate of [fromHz, toHz]) {
      if (!Number.isInteger(rate) || rate <= 0) throw new RangeError(`${rate} Hz is no sample rate`);
    }
    const common = greatestCommonDivisor(fromHz, toHz);
    this.#up = toHz / common;
    this.#down = fromHz / common;
    const narrowing = Math.min(1, toHz / fromHz);
    this.#half = fromHz === toHz ? 0 : Math.ceil(ZERO_CROSSINGS / narrowing);
    this.#phases = fromHz === toHz ? [] : phases(this.#up, this.#half, narrowing * PASS_BAND);
    this.#held = new Float32Array(this.#half);
    this.#at = this.#half;
  }

  /** The samples that can be told by now; full scale is 1. */
  process(input: Float32Array): Float32Array {
    if (this.#half === 0) return input.slice();
    const held = new Float32Array(this.#held.length + input.length);
    held.set(this.#held);
    held.set(input, this.#held.length);
    const output = this.#told(held);
    const from = Math.min(this.#at - this.#half, held.length);
    this.#held = held.slice(from);
    this.#at -= from;
    return output;
  }

  /** The last samples; the next ones begin a stream of their own. */
  flush(): Float32Array {
    const output = this.process(new Float32Array(this.#half));
    this.#held = new Float32Array(this.#half);
    this.#at = this.#half;
    this.#rest = 0;
    return output;
  }

  #told(held: Float32Array): Float32Array {
    const end = held.length - this.#half;
    const steps = Math.max(0, (end - this.#at) * this.#up - this.#rest);
    const output = new Float32Array(Math.ceil(steps / this.#down));
    for (let index = 0; index < output.length; index += 1) {
      output[index] = this.#sample(held);
      this.#rest += this.#down;
      this.#at += Math.floor(this.#rest / this.#up);
      this.#rest %= this.#up;
    }
    return output;
  }

  #sample(held: Float32Array): number {
    const weights = this.#phases[Math.floor((this.#rest * this.#phases.length) / this.#up)]!;
    const first = this.#at - this.#half + 1;
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap += 1) sum += weights[tap]! * held[first + tap]!;
    return sum;
  }
}

/** For each fraction of a sample the weights of the 2 * half samples around it, which add up to 1. */
function phases(up: number, half: number, cutoff: number): Float32Array[] {
  const count = Math.min(up, MOST_PHASES);
  return Array.from({ length: count }, (_, phase) => {
    const weights = Float32Array.from({ length: 2 * half }, (_, tap) => {
      const distance = tap - half + 1 - phase / count;
      return sinc(distance * cutoff) * kaiser(distance / half);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-9 * sum; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
