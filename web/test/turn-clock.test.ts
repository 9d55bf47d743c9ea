import assert from "node:assert/strict";
import { test } from "node:test";
import { TurnClock } from "../src/talk/turn-clock.ts";

test("a spoken turn is measured from the caller's last sound to the agent's first", () => {
  const clock = new TurnClock();
  clock.said(1000, 1300, false);
  clock.answered(7, 1450);
  clock.sounds(7, 1500);
  const turn = clock.heard(1560);
  assert.equal(turn?.eventId, 7);
  assert.equal(turn.headlineMs, 560);
  assert.deepEqual(
    turn.steps.map((step) => [step.name, step.startMs, step.endMs]),
    [
      ["transcript", 0, 300],
      ["answer", 300, 450],
      ["arrives", 450, 500],
      ["heard", 500, 560],
    ],
  );
});

test("a written turn has nothing to be understood", () => {
  const clock = new TurnClock();
  clock.said(0, 0, true);
  clock.answered(2, 100);
  clock.sounds(2, 120);
  const turn = clock.heard(120);
  assert.deepEqual(
    turn?.steps.map((step) => step.name),
    ["answer", "arrives", "heard"],
  );
  assert.equal(turn?.headlineMs, 120);
});

test("an answer that was talked over before it sounded answers nobody", () => {
  const clock = new TurnClock();
  clock.said(0, 100, false);
  clock.sounds(2, 200);
  clock.said(1000, 1100, false);
  assert.equal(clock.heard(1150), null);
});

test("only the first sound of an answer counts, and a greeting answers nobody", () => {
  const clock = new TurnClock();
  clock.sounds(1, 50);
  assert.equal(clock.heard(60), null);
  clock.said(100, 200, false);
  assert.equal(clock.sounds(2, 300), true);
  assert.equal(clock.sounds(2, 340), false);
  assert.equal(clock.heard(350)?.steps.find((step) => step.name === "arrives")?.endMs, 200);
  assert.equal(clock.heard(360), null);
});

test("an answer that still sounds when the caller has written is not taken for the next one", () => {
  const clock = new TurnClock();
  clock.sounds(1, 100);
  clock.said(1000, 1000, true);
  assert.equal(clock.sounds(1, 1010), false);
  clock.answered(1, 1020);
  assert.equal(clock.heard(1030), null);
  clock.answered(3, 1200);
  assert.equal(clock.sounds(3, 1210), true);
  const turn = clock.heard(1250);
  assert.deepEqual([turn?.eventId, turn?.headlineMs], [3, 250]);
  assert.deepEqual(turn?.steps.map((step) => step.name), ["answer", "arrives", "heard"]);
});
