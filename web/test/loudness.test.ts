import assert from "node:assert/strict";
import { test } from "node:test";
import { isVoiced, levelShare, SpeechClock } from "../src/parts/loudness.ts";

test("a meter is empty in silence and full at full scale", () => {
  assert.equal(levelShare(0), 0);
  assert.equal(levelShare(1), 1);
  assert.ok(Math.abs(levelShare(10 ** (-30 / 20)) - 0.5) < 1e-9);
});

test("a voice is louder than a room", () => {
  assert.equal(isVoiced(0.1), true);
  assert.equal(isVoiced(0.001), false);
});

test("speech has lasted since its first sound, short pauses and all", () => {
  const clock = new SpeechClock();
  for (const [rms, ms] of [[0, 0], [0.1, 100], [0, 300], [0.1, 500], [0, 900]] as const)
    clock.feed(rms, ms);
  assert.deepEqual([clock.startMs, clock.lastMs], [100, 500]);
});

test("after a long pause speech begins anew", () => {
  const clock = new SpeechClock();
  clock.feed(0.1, 100);
  clock.feed(0.1, 2000);
  assert.deepEqual([clock.startMs, clock.lastMs], [2000, 2000]);
});
