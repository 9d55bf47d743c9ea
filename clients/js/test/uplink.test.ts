import assert from "node:assert/strict";
import { test } from "node:test";

import { Uplink } from "../dist/uplink.js";

class Line {
  readonly sent: number[][] = [];
  #free: (() => void)[] = [];

  send = (samples: Int16Array): Promise<void> => {
    this.sent.push([...samples]);
    return new Promise((resolve) => this.#free.push(resolve));
  };

  async free(): Promise<void> {
    for (const free of this.#free.splice(0)) free();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("what waits goes together when there is a connection, a second at a time", async () => {
  const line = new Line();
  const uplink = new Uplink(line.send, 10);
  uplink.begin(4);
  for (let n = 0; n < 5; n += 1) uplink.push(Int16Array.of(n, n));
  assert.deepEqual(line.sent, []);
  uplink.open(true);
  await line.free();
  await line.free();
  assert.deepEqual(line.sent, [[0, 0, 1, 1], [2, 2, 3, 3], [4, 4]]);
});

test("nothing is sent while the connection is full", async () => {
  const line = new Line();
  const uplink = new Uplink(line.send, 10);
  uplink.begin(4);
  uplink.open(true);
  for (let n = 0; n < 3; n += 1) uplink.push(Int16Array.of(n));
  assert.deepEqual(line.sent, [[0]]);
  await line.free();
  assert.deepEqual(line.sent, [[0], [1, 2]]);
});

test("of too much the oldest is dropped, and counted", async () => {
  const line = new Line();
  const uplink = new Uplink(line.send, 2);
  uplink.begin(4);
  for (let n = 0; n < 12; n += 1) uplink.push(Int16Array.of(n));
  assert.equal(uplink.lostS, 1);
  uplink.open(true);
  await line.free();
  assert.deepEqual(line.sent.flat(), [4, 5, 6, 7, 8, 9, 10, 11]);
});

test("sound of another rate does not follow what waits", async () => {
  const line = new Line();
  const uplink = new Uplink(line.send, 2);
  uplink.begin(4);
  uplink.push(Int16Array.of(1));
  uplink.begin(8);
  uplink.push(Int16Array.of(2));
  uplink.open(true);
  assert.deepEqual(line.sent, [[2]]);
});
