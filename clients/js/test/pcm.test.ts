import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeSamples, encodeSamples, levelOf, sampleFormat, toFloat, toInt16 } from "../dist/pcm.js";

test("formats are read by their names, and others are refused", () => {
  assert.deepEqual(sampleFormat("pcm_22050"), { encoding: "pcm", sampleRate: 22050 });
  assert.deepEqual(sampleFormat("ulaw_8000"), { encoding: "ulaw", sampleRate: 8000 });
  for (const name of ["mp3_44100_128", "alaw_8000", "pcm_", "", "pcm_16000x"]) {
    assert.throws(() => sampleFormat(name), RangeError);
  }
});

test("PCM is little-endian, wherever in its memory it begins, and half a sample is left out", () => {
  const bytes = new Uint8Array([9, 0x34, 0x12, 0xff, 0xff, 7]).subarray(1);
  const samples = decodeSamples(bytes, sampleFormat("pcm_16000"));
  assert.deepEqual([...samples], [0x1234, -1]);
  assert.deepEqual([...encodeSamples(samples, sampleFormat("pcm_16000"))], [0x34, 0x12, 0xff, 0xff]);
});

test("mu-law has the values of G.711, and keeps every one of them", () => {
  const ulaw = sampleFormat("ulaw_8000");
  const known = decodeSamples(new Uint8Array([0x00, 0x7f, 0x80, 0xff, 0x8f, 0x0f]), ulaw);
  assert.deepEqual([...known], [-32124, 0, 32124, 0, 16764, -16764]);
  // 0x7f and 0xff are both 0.
  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n).filter((byte) => byte !== 0x7f);
  assert.deepEqual(encodeSamples(decodeSamples(bytes, ulaw), ulaw), bytes);
});

test("what is too loud is clipped", () => {
  assert.deepEqual([...toInt16(Float32Array.of(0, 1, -1, 2, -2, 0.5))], [0, 32767, -32767, 32767, -32767, 16384]);
  assert.deepEqual([...toFloat(Int16Array.of(0, 16384, -32768))], [0, 0.5, -1]);
});

test("levels are of full scale", () => {
  const { rms, peak } = levelOf(Int16Array.of(16384, -16384, 16384, -16384));
  assert.deepEqual([rms, peak], [0.5, 0.5]);
  assert.deepEqual(levelOf(new Int16Array()), { rms: 0, peak: 0 });
});
