import assert from "node:assert/strict";
import { test } from "node:test";

import { PlaybackCore, type PlaybackProgress } from "../dist/devices/playback-core.js";

const HZ = 48000;
const QUANTUM = 128;
// Of a sine of 200 Hz at half of full scale, and of the fade over 5 ms.
const STEEPEST = 0.5 * 2 * Math.PI * (200 / HZ) + 0.5 / 240;

function tone(ms: number, from = 0): Int16Array {
  const count = (HZ * ms) / 1000;
  return Int16Array.from({ length: count }, (_, n) =>
    Math.round(16384 * Math.sin((2 * Math.PI * 200 * (n + from)) / HZ)),
  );
}

class Played {
  readonly samples: number[] = [];
  progress: PlaybackProgress | null = null;

  constructor(readonly core: PlaybackCore) {}

  render(ms: number): Float32Array {
    const from = this.samples.length;
    const output = new Float32Array(QUANTUM);
    for (let left = (ms * HZ) / 1000; left > 0; left -= QUANTUM) {
      this.progress = this.core.render(output) ?? this.progress;
      this.samples.push(...output);
    }
    return Float32Array.from(this.samples.slice(from));
  }

  get steepest(): number {
    let most = 0;
    for (let n = 1; n < this.samples.length; n += 1) {
      most = Math.max(most, Math.abs(this.samples[n]! - this.samples[n - 1]!));
    }
    return most;
  }
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((sample) => sample === 0);
}

test("it begins when the target depth is reached, and not before", () => {
  const played = new Played(new PlaybackCore(HZ, 100));
  played.core.push(tone(60), HZ, 1);
  assert.ok(isSilent(played.render(40)));
  played.core.push(tone(60, 2880), HZ, 1);
  assert.ok(!isSilent(played.render(20)));
});

test("what is too short for the target depth is played after as long a wait", () => {
  const played = new Played(new PlaybackCore(HZ, 100));
  played.core.push(tone(40), HZ, 1);
  assert.ok(isSilent(played.render(90)));
  assert.ok(!isSilent(played.render(100)));
  played.render(40);
  assert.equal(played.progress?.playedS, 0.04);
  assert.equal(played.progress?.queuedS, 0);
});

test("there is no click where it runs dry, nor where it goes on", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  for (const from of [0, 4800, 9600]) {
    played.core.push(tone(100, from), HZ, 1);
    played.render(170);
  }
  assert.equal(played.progress?.underruns, 2);
  assert.ok(played.steepest < STEEPEST * 1.01, `a step of ${played.steepest}`);
});

test("the end of one answer before the next is no underrun", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  for (const id of [1, 2, 3]) {
    played.core.push(tone(100), HZ, id);
    played.render(200);
  }
  assert.equal(played.progress?.underruns, 0);
});

test("an interruption drops what is queued up to its id, in 5 ms and without a click", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  for (let from = 0; from < 48000; from += 4800) played.core.push(tone(100, from), HZ, 4);
  played.render(203);
  played.core.interrupt(4);
  played.render(8);
  assert.ok(isSilent(played.render(400)));
  assert.ok(played.steepest < STEEPEST * 1.01, `a step of ${played.steepest}`);
  assert.ok(Math.abs((played.progress?.playedS ?? 0) - 1) < 1e-9);
  assert.equal(played.progress?.eventId, null);
});

test("an interruption leaves what has a greater id", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  played.core.push(tone(500), HZ, 4);
  played.core.push(tone(200), HZ, 5);
  played.render(100);
  played.core.interrupt(4);
  played.render(60);
  assert.equal(played.progress?.eventId, 5);
  assert.ok((played.progress?.playedS ?? 0) > 0.5);
  played.render(200);
  assert.ok(Math.abs((played.progress?.playedS ?? 0) - 0.7) < 1e-9);
});

test("the position is that of the sound, whatever its rate", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  for (let n = 0; n < 10; n += 1) played.core.push(new Int16Array(1600).fill(8000), 16000, 1);
  played.render(520);
  assert.ok(Math.abs((played.progress?.playedS ?? 0) - 0.5) < 0.025);
  assert.ok(Math.abs((played.progress?.queuedS ?? 0) - 0.5) < 0.025);
  played.render(600);
  assert.ok(Math.abs((played.progress?.playedS ?? 0) - 1) < 1e-9);
});

test("progress has the level of what sounds", () => {
  const played = new Played(new PlaybackCore(HZ, 20));
  played.core.push(tone(200), HZ, 1);
  played.render(100);
  assert.ok(Math.abs((played.progress?.level.rms ?? 0) - 0.5 / Math.SQRT2) < 0.02);
  played.render(400);
  assert.deepEqual(played.progress?.level, { rms: 0, peak: 0 });
});
