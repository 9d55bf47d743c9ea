import assert from "node:assert/strict";
import { test } from "node:test";
import { heeded, written, type Line } from "../src/talk/turn-line.ts";

type Event = Parameters<typeof heeded>[1];

function after(...events: readonly Event[]): readonly Line[] {
  return events.reduce<readonly Line[]>(heeded, []);
}

const heard = (eventId: number, text: string, isFinal: boolean): Event => ({
  type: "user_transcript",
  eventId,
  text,
  isFinal,
});
const answer = (eventId: number, text: string): Event => ({ type: "agent_response", eventId, text });

test("what the caller says is corrected until it is settled", () => {
  const lines = after(heard(1, "What", false), heard(1, "What time", false));
  assert.deepEqual(
    lines.map((line) => [line.text, line.isTentative]),
    [["What time", true]],
  );
  assert.deepEqual(
    heeded(lines, heard(1, "What time is it?", true)).map((line) => [line.text, line.isTentative]),
    [["What time is it?", false]],
  );
});

test("of an answer that was interrupted the rest is told apart", () => {
  const lines = after(answer(3, "It is nine. It is warm."), {
    type: "agent_response_correction",
    eventId: 3,
    original: "It is nine. It is warm.",
    corrected: "It is nine...",
  });
  assert.deepEqual(
    lines.map((line) => [line.text, line.unheard]),
    [["It is nine", ". It is warm."]],
  );
});

test("an answer of which nothing was heard is struck out whole", () => {
  const [line] = after(answer(3, "It is nine."), {
    type: "agent_response_correction",
    eventId: 3,
    original: "It is nine.",
    corrected: "",
  });
  assert.deepEqual([line?.text, line?.unheard], ["", "It is nine."]);
});

test("what is written stands where it was written", () => {
  const lines = heeded(written(after(answer(1, "Hello!")), "Goodbye."), answer(3, "Bye."));
  assert.deepEqual(
    lines.map((line) => [line.role, line.text]),
    [
      ["agent", "Hello!"],
      ["user", "Goodbye."],
      ["agent", "Bye."],
    ],
  );
});

test("words that were never settled go with the call", () => {
  const lines = after(answer(1, "Hello!"), heard(2, "Wh", false), {
    type: "conversation_ended",
    code: 1000,
    reason: "",
    by: "client",
  });
  assert.equal(lines.length, 1);
});
