import assert from "node:assert/strict";
import { test } from "node:test";
import { TurnClock } from "../src/talk/turn-clock.ts";

test("a spoken turn is measured from the caller's last sound to the agent's first", () => {
  const clock = new TurnClock();
  clock.said(1000, 1300, false);
  clock.answered(1450);
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
  clock.answered(100);
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
