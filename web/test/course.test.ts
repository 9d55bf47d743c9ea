import assert from "node:assert/strict";
import { test } from "node:test";
import { courseOf } from "../src/speak/course.ts";

const TIMES = { sentMs: 1000, connectedMs: null, firstMs: 1080, heardMs: 1200, lastMs: null };

test("what had a connection begins with its first sound", () => {
  assert.deepEqual(
    courseOf(TIMES).map((step) => [step.name, step.startMs, step.endMs]),
    [
      ["first_chunk", 0, 80],
      ["first_sound", 80, 200],
    ],
  );
});

test("the rest arrives while the beginning is heard", () => {
  assert.deepEqual(
    courseOf({ ...TIMES, connectedMs: 1030, lastMs: 1150 }).map((step) => [
      step.name,
      step.startMs,
      step.endMs,
    ]),
    [
      ["connect", 0, 30],
      ["first_chunk", 30, 80],
      ["first_sound", 80, 200],
      ["last_chunk", 80, 150],
    ],
  );
});
