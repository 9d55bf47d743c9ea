import assert from "node:assert/strict";
import { test } from "node:test";

import { CaptureCore } from "../dist/devices/capture-core.js";

const QUANTUM = 128;

function captured(core: CaptureCore, channels: readonly Float32Array[]): Int16Array[] {
  const pieces: Int16Array[] = [];
  for (let at = 0; at < channels[0]!.length; at += QUANTUM) {
    const quantum = channels.map((channel) => channel.subarray(at, at + QUANTUM));
    for (const { samples } of core.process(quantum)) pieces.push(samples);
  }
  return pieces;
}

test("a second of a device's sound is pieces of one length, at the rate that was asked for", () => {
  const pieces = captured(new CaptureCore(48000, 16000, 40), [new Float32Array(48000).fill(0.5)]);
  assert.ok(pieces.length >= 24 && pieces.length <= 25);
  assert.ok(pieces.every(({ length }) => length === 640));
  assert.ok(pieces.slice(1).every((piece) => piece.every((sample) => Math.abs(sample - 16384) < 4)));
});

test("several channels are mixed to one", () => {
  const channels = [new Float32Array(3200).fill(0.75), new Float32Array(3200).fill(0.25)];
  const pieces = captured(new CaptureCore(16000, 16000, 20), channels);
  assert.equal(pieces.length, 10);
  assert.ok(pieces.every((piece) => piece.every((sample) => sample === 16384)));
});

test("each piece has its level", () => {
  const core = new CaptureCore(16000, 16000, 20);
  const [quiet, loud] = [0.01, 0.5].map((height) => core.process([new Float32Array(320).fill(height)])[0]!);
  assert.ok(Math.abs(quiet!.level.rms - 0.01) < 1e-4);
  assert.ok(Math.abs(loud!.level.peak - 0.5) < 1e-4);
});

test("a device that gives nothing is silent, and nothing is delivered", () => {
  assert.deepEqual(new CaptureCore(48000, 16000, 20).process([]), []);
});
