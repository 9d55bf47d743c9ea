import assert from "node:assert/strict";
import { test } from "node:test";

import { Resampler } from "../dist/resampler.js";

function sine(hz: number, sampleRate: number, seconds: number): Float32Array {
  const count = Math.round(seconds * sampleRate);
  return Float32Array.from({ length: count }, (_, n) => Math.sin((2 * Math.PI * hz * n) / sampleRate));
}

function resampled(input: Float32Array, from: number, to: number, piece = input.length): Float32Array {
  const resampler = new Resampler(from, to);
  const parts: Float32Array[] = [];
  for (let at = 0; at < input.length; at += piece) {
    parts.push(resampler.process(input.subarray(at, at + piece)));
  }
  parts.push(resampler.flush());
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The largest difference, without the first and the last 50 ms. */
function worst(actual: Float32Array, expected: Float32Array, sampleRate: number): number {
  const edge = Math.round(0.05 * sampleRate);
  let most = 0;
  for (let n = edge; n < expected.length - edge; n += 1) {
    most = Math.max(most, Math.abs(actual[n]! - expected[n]!));
  }
  return most;
}

for (const [from, to] of [
  [48000, 16000],
  [44100, 16000],
  [16000, 48000],
  [22050, 48000],
  [24000, 44100],
  [8000, 44100],
  [16000, 16000],
] as const) {
  for (const hz of [100, 1000, 3000]) {
    test(`a sine of ${hz} Hz is the same sine, in time and height, from ${from} to ${to} Hz`, () => {
      const output = resampled(sine(hz, from, 0.5), from, to, 128);
      assert.ok(Math.abs(output.length - 0.5 * to) <= 1, `${output.length} samples`);
      assert.ok(worst(output, sine(hz, to, 0.5), to) < 1e-3);
    });
  }
}

test("how the input is cut does not show in the output", () => {
  const input = sine(440, 44100, 0.3);
  const whole = resampled(input, 44100, 16000);
  for (const piece of [1, 7, 128, 1000]) assert.deepEqual(resampled(input, 44100, 16000, piece), whole);
});

test("what the lower rate cannot hold is gone, not folded back", () => {
  for (const hz of [9000, 12000, 20000]) {
    const output = resampled(sine(hz, 48000, 0.3), 48000, 16000);
    const loudest = output.subarray(800, -800).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    assert.ok(loudest < 1e-3, `${hz} Hz is left with ${loudest}`);
  }
});

test("a rate that is none is refused", () => {
  for (const rate of [0, -1, 44100.5, NaN]) {
    assert.throws(() => new Resampler(rate, 16000), RangeError);
    assert.throws(() => new Resampler(16000, rate), RangeError);
  }
});
