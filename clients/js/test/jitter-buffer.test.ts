import assert from "node:assert/strict";
import { test } from "node:test";

import { JitterBuffer } from "../dist/jitter-buffer.js";
import { seeded } from "./fake-server.js";

const RATE = 1000;
const FADE = 5;
const OPTIONS = { sampleRate: RATE, targetS: 0.05, fadeS: FADE / RATE };

function read(buffer: JitterBuffer, samples: number): number[] {
  const out = new Float32Array(samples);
  buffer.read(out);
  return [...out];
}

test("nothing clicks, whatever comes when: no two samples are a full step apart", () => {
  const random = seeded(9);
  for (let round = 0; round < 100; round += 1) {
    const buffer = new JitterBuffer(OPTIONS);
    const out: number[] = [];
    for (let step = 0; step < 80; step += 1) {
      if (random() < 0.5) buffer.write(new Float32Array(Math.floor(random() * 60)).fill(1));
      if (random() < 0.05) buffer.clear();
      out.push(...read(buffer, 1 + Math.floor(random() * 40)));
    }
    for (const [at, sample] of out.entries()) {
      assert.ok(Math.abs(sample - (out[at - 1] ?? 0)) <= 1 / FADE + 1e-6);
    }
    assert.ok(out.includes(1), "and it did play");
  }
});

test("between the fades every sample comes out once, in order and unchanged", () => {
  const buffer = new JitterBuffer(OPTIONS);
  const sound = Float32Array.from({ length: 400 }, (_, n) => (n + 1) / 1000);
  for (let at = 0; at < 400; at += 50) buffer.write(sound.subarray(at, at + 50));
  const out = Array.from({ length: 40 }, () => read(buffer, 10)).flat();
  assert.deepEqual(out.slice(FADE, -FADE), [...sound.subarray(FADE, -FADE)]);
});

test("it begins at the target depth and not before", () => {
  const buffer = new JitterBuffer(OPTIONS);
  buffer.write(new Float32Array(49).fill(1));
  assert.deepEqual(read(buffer, 10), Array<number>(10).fill(0));
  assert.equal(buffer.isPlaying, false);
  buffer.write(new Float32Array(1).fill(1));
  assert.ok(read(buffer, 10).every((sample) => sample > 0));
  assert.equal(buffer.queuedS, 0.04);
});

test("what is too short for the depth is played when nothing more comes", () => {
  const buffer = new JitterBuffer(OPTIONS);
  buffer.write(new Float32Array(20).fill(1));
  const out = read(buffer, 50);
  assert.ok(out.every((sample) => sample === 0));
  assert.ok(read(buffer, 20).some((sample) => sample === 1));
  assert.equal(buffer.underruns, 1);
});

test("integers are heard as loud as floats", () => {
  const buffer = new JitterBuffer({ ...OPTIONS, targetS: 0 });
  buffer.write(Int16Array.from({ length: 100 }, () => -16384));
  assert.equal(read(buffer, 50).at(-1), -0.5);
});

test("more than may wait is refused, whole", () => {
  const buffer = new JitterBuffer({ ...OPTIONS, maxS: 1 });
  buffer.write(new Float32Array(900));
  assert.throws(() => buffer.write(new Float32Array(101)), RangeError);
  assert.equal(buffer.queuedS, 0.9);
  assert.throws(() => new JitterBuffer({ sampleRate: 0 }), RangeError);
});

test("where a part is dropped the rest follows without a click, and nothing of it is lost", () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round += 1) {
    const buffer = new JitterBuffer({ ...OPTIONS, targetS: 0 });
    buffer.write(new Float32Array(100).fill(1));
    const out = read(buffer, Math.floor(random() * 95));
    const dropped = Math.floor(random() * (100 - out.length));
    const faded = buffer.drop(dropped);
    buffer.write(new Float32Array(50).fill(1));
    const left = 100 - out.length - dropped + faded + 50;
    assert.equal(buffer.queuedS, left / RATE);
    out.push(...read(buffer, 200));
    for (const [at, sample] of out.entries()) {
      assert.ok(Math.abs(sample - (out[at - 1] ?? 0)) <= 1 / FADE + 1e-6, `round ${round}`);
    }
    assert.ok(faded <= FADE);
  }
});
