import assert from "node:assert/strict";
import { test } from "node:test";

import { UncommittedSound } from "../dist/uncommitted-sound.js";

const RATE = 10;

function samples(...values: number[]): Int16Array {
  return Int16Array.from(values);
}

function again(sound: UncommittedSound): (number[] | null)[] {
  return sound.restart().map((piece) => (piece === null ? null : [...piece]));
}

test("what was not written down is heard again, with its commits where they were", () => {
  const sound = new UncommittedSound(RATE);
  sound.sent(samples(1, 2));
  sound.commit();
  sound.sent(samples(3));
  sound.commit();
  sound.sent(samples(4, 5));
  assert.deepEqual(again(sound), [[1, 2], null, [3], null, [4, 5]]);
  sound.writtenDown(null);
  assert.deepEqual(again(sound), [[3], null, [4, 5]]);
  sound.writtenDown(null);
  assert.deepEqual(again(sound), [[4, 5]]);
});

test("commits of the server's own settle what their words cover", () => {
  const sound = new UncommittedSound(RATE);
  sound.sent(samples(1, 2, 3, 4, 5, 6));
  sound.writtenDown(0.4);
  assert.deepEqual(again(sound), [[5, 6]]);
  assert.equal(sound.shiftS, 0.4);
  sound.writtenDown(null);
  assert.deepEqual(again(sound), [[5, 6]]);
});

test("of more than can be kept the oldest is lost, once a session is", () => {
  const sound = new UncommittedSound(RATE, 0.5);
  for (let n = 0; n < 8; n += 1) sound.sent(samples(n));
  assert.equal(sound.lostS, 0);
  assert.deepEqual(again(sound).flat(), [3, 4, 5, 6, 7]);
  assert.equal(sound.lostS, 0.3);
  assert.deepEqual(again(sound).flat(), [3, 4, 5, 6, 7]);
  assert.equal(sound.lostS, 0.3);
});

test("a commit before what is kept is asked for all the same", () => {
  const sound = new UncommittedSound(RATE, 0.2);
  sound.sent(samples(1, 2));
  sound.commit();
  sound.sent(samples(3, 4));
  assert.deepEqual(again(sound), [null, [3, 4]]);
});

test("whether there is more to commit", () => {
  const sound = new UncommittedSound(RATE);
  assert.equal(sound.hasMore, false);
  sound.sent(samples(1));
  assert.equal(sound.hasMore, true);
  sound.commit();
  assert.equal(sound.hasMore, false);
  sound.writtenDown(null);
  assert.deepEqual([sound.hasMore, sound.unansweredCommits], [false, 0]);
});
