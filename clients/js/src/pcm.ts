/** Samples and the bytes that they travel as. */

/** An encoding of `pcm_<Hz>` or `ulaw_<Hz>`, mono. */
export interface SampleFormat {
  readonly encoding: "pcm" | "ulaw";
  /** Hz. */
  readonly sampleRate: number;
}

const FORMAT = /^(pcm|ulaw)_(\d+)$/;

/** @throws RangeError where samples cannot be had from it without a decoder. */
export function sampleFormat(name: string): SampleFormat {
  const found = FORMAT.exec(name);
  if (found === null) throw new RangeError(`${name} is neither pcm_<Hz> nor ulaw_<Hz>`);
  return { encoding: found[1] === "ulaw" ? "ulaw" : "pcm", sampleRate: Number(found[2]) };
}

/** 16-bit samples of encoded bytes; half a sample at the end is left out. */
export function decodeSamples(bytes: Uint8Array, format: SampleFormat): Int16Array {
  if (format.encoding === "ulaw") return Int16Array.from(bytes, ulawSample);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, at) => view.getInt16(2 * at, true));
}

/** The reverse of {@link decodeSamples}; PCM is little-endian. */
export function encodeSamples(samples: Int16Array, format: SampleFormat): Uint8Array {
  if (format.encoding === "ulaw") return Uint8Array.from(samples, ulawByte);
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, at) => view.setInt16(2 * at, sample, true));
  return bytes;
}

/** 16-bit samples of what has full scale at 1; what is louder is clipped. */
export function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.round(Math.max(-1, Math.min(1, sample)) * 32767),
  );
}

/** Full scale is 1. */
export function toFloat(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32768);
}

/** How loud samples are, of full scale. */
export function levelOf(samples: Int16Array): { readonly rms: number; readonly peak: number } {
  let power = 0;
  let peak = 0;
  for (const sample of samples) {
    power += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { rms: Math.sqrt(power / Math.max(1, samples.length)) / 32768, peak: peak / 32768 };
}

// ITU-T G.711, mu-law.
const ULAW_BIAS = 132;
const ULAW_CLIP = 32635;

function ulawSample(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + ULAW_BIAS) << ((code & 0x70) >> 4);
  return code & 0x80 ? ULAW_BIAS - magnitude : magnitude - ULAW_BIAS;
}

function ulawByte(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}
