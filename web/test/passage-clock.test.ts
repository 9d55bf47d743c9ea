import assert from "node:assert/strict";
import { test } from "node:test";
import { PassageClock } from "../src/transcribe/passage-clock.ts";

test("a passage waits from its last sound until it is settled", () => {
  const clock = new PassageClock();
  clock.partial(1000, 1400);
  clock.partial(1000, 1600);
  const passage = clock.committed(1000, 2500, 2900);
  assert.equal(passage?.headlineMs, 400);
  assert.deepEqual(
    passage.steps.map((step) => [step.name, step.startMs, step.endMs]),
    [
      ["speech", 0, 1500],
      ["first_partial", 0, 400],
      ["settled", 1500, 1900],
    ],
  );
});

test("the next passage has a beginning of its own", () => {
  const clock = new PassageClock();
  clock.partial(0, 400);
  clock.committed(0, 900, 1000);
  clock.partial(2000, 2300);
  assert.equal(clock.committed(2000, 2600, 2700)?.steps[0]?.endMs, 600);
});

test("what nobody was heard to say is not measured", () => {
  assert.equal(new PassageClock().committed(null, null, 100), null);
});
