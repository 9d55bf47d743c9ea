import assert from "node:assert/strict";
import { test } from "node:test";

import { Announcer } from "../dist/announcer.js";

type Event = { readonly type: "a" | "b"; readonly n: number };

async function all(events: AsyncIterable<Event>): Promise<number[]> {
  const found: number[] = [];
  for await (const { n } of events) found.push(n);
  return found;
}

test("everyone who iterates gets every event, and the end", async () => {
  const announcer = new Announcer<Event>();
  const readers = [all(announcer.events()), all(announcer.events())];
  for (let n = 0; n < 5; n += 1) announcer.announce({ type: "a", n });
  announcer.over();
  for (const reader of readers) assert.deepEqual(await reader, [0, 1, 2, 3, 4]);
});

test("what happened before anybody iterated is kept until it has begun", async () => {
  const announcer = new Announcer<Event>();
  announcer.announce({ type: "a", n: 1 });
  const early = all(announcer.events());
  announcer.begun();
  const late = all(announcer.events());
  announcer.announce({ type: "a", n: 2 });
  announcer.over();
  assert.deepEqual(await early, [1, 2]);
  assert.deepEqual(await late, [2]);
  assert.deepEqual(await all(announcer.events()), []);
});

test("who does not read loses the oldest, and that is counted", async () => {
  const announcer = new Announcer<Event>();
  const events = announcer.events();
  for (let n = 0; n < 1030; n += 1) announcer.announce({ type: "a", n });
  announcer.over();
  const found = await all(events);
  assert.deepEqual([found.length, found[0], announcer.lost], [1024, 6, 6]);
});

test("listeners hear their own type, until they are taken off", () => {
  const announcer = new Announcer<Event>();
  const heard: number[] = [];
  const off = announcer.on("b", ({ n }) => heard.push(n));
  announcer.announce({ type: "a", n: 1 });
  announcer.announce({ type: "b", n: 2 });
  off();
  announcer.announce({ type: "b", n: 3 });
  assert.deepEqual(heard, [2]);
});

test("who leaves the loop is told no more", async () => {
  const announcer = new Announcer<Event>();
  announcer.announce({ type: "a", n: 1 });
  const events = announcer.events();
  for await (const { n } of events) {
    assert.equal(n, 1);
    break;
  }
  announcer.announce({ type: "a", n: 2 });
  assert.deepEqual(await events.next(), { done: true, value: undefined });
});

test("a listener that throws keeps nobody from being told, and its error is not lost", (context) => {
  const thrown: (() => void)[] = [];
  context.mock.method(globalThis, "queueMicrotask", (throwIt: () => void) => thrown.push(throwIt));
  const announcer = new Announcer<Event>();
  const heard: number[] = [];
  announcer.on("a", () => {
    throw new Error("my own");
  });
  announcer.on("a", ({ n }) => heard.push(n));
  announcer.announce({ type: "a", n: 1 });
  assert.deepEqual(heard, [1]);
  assert.throws(() => thrown[0]?.(), /my own/);
});
