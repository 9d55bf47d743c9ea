import assert from "node:assert/strict";
import { test } from "node:test";

import { AudioBuffer } from "../dist/audio-buffer.js";
import { seeded } from "./fake-server.js";

test("it holds the newest bytes of all that was added, however they were cut", () => {
  const random = seeded(5);
  for (let round = 0; round < 300; round += 1) {
    const size = Math.floor(random() * 20);
    const buffer = new AudioBuffer(size);
    let all: number[] = [];
    for (let piece = 0; piece < 12; piece += 1) {
      const data = Uint8Array.from({ length: Math.floor(random() * 45) }, () => random() * 256);
      buffer.add(data);
      all = [...all, ...data];
      assert.deepEqual([...buffer.get()], size === 0 ? [] : all.slice(-size));
      assert.equal(buffer.length, Math.min(size, all.length));
    }
    buffer.clear();
    buffer.add(Uint8Array.of(7));
    assert.deepEqual([...buffer.get()], size === 0 ? [] : [7]);
  }
});

test("getting takes nothing away, and gives a copy", () => {
  const buffer = new AudioBuffer();
  buffer.add(Uint8Array.of(1, 2));
  buffer.get().fill(9);
  assert.deepEqual([...buffer.get()], [1, 2]);
  assert.equal(buffer.maxSize, 1024 * 1024);
});

test("a size that is none is refused", () => {
  for (const size of [-1, 1.5, NaN]) assert.throws(() => new AudioBuffer(size), RangeError);
});
