import assert from "node:assert/strict";
import { test } from "node:test";
import { LatencyLog, stepsBetween } from "../src/latency/turns.ts";

test("steps lie end to end, in the order in which they happened", () => {
  const marks = [
    { name: "heard", atMs: 1300 },
    { name: "transcript", atMs: 1050 },
  ] as const;
  assert.deepEqual(stepsBetween(1000, marks, "here"), [
    { name: "transcript", startMs: 0, endMs: 50, by: "here" },
    { name: "heard", startMs: 50, endMs: 300, by: "here" },
  ]);
});

test("the newest turn is shown until another is chosen, and again once one more is done", () => {
  const log = new LatencyLog();
  const first = log.add(100, []);
  log.add(200, []);
  assert.equal(log.shown.value?.headlineMs, 200);
  log.chosen.value = first;
  assert.equal(log.shown.value?.headlineMs, 100);
  log.add(300, []);
  assert.equal(log.shown.value?.headlineMs, 300);
});

test("what the server says later is added to the turn that it belongs to", () => {
  const log = new LatencyLog();
  const [here] = stepsBetween(0, [{ name: "heard", atMs: 9 }], "here");
  const [there] = stepsBetween(0, [{ name: "audible", atMs: 8 }], "server");
  assert.ok(here && there);
  const first = log.add(9, [here]);
  log.add(7, []);
  log.extend(first, [there]);
  assert.deepEqual(
    log.turns.value.map((turn) => turn.steps),
    [[here, there], []],
  );
});
