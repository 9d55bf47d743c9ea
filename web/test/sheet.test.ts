import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_SHEET, heeded } from "../src/transcribe/sheet.ts";

test("a partial is replaced by the next, and by what it becomes", () => {
  const first = heeded(EMPTY_SHEET, { type: "partial_transcript", text: "Good" }, null);
  const next = heeded(first, { type: "partial_transcript", text: "Good morning" }, null);
  assert.equal(next.partial, "Good morning");
  const done = heeded(next, committed("Good morning."), 1);
  assert.equal(done.partial, "");
  assert.deepEqual(
    done.passages.map((one) => [one.text, one.turn]),
    [["Good morning.", 1]],
  );
});

test("a pause in which nothing was said leaves no line", () => {
  assert.deepEqual(heeded(EMPTY_SHEET, committed(" "), null), EMPTY_SHEET);
});

function committed(text: string): Parameters<typeof heeded>[1] {
  return { type: "committed_transcript", text, words: [], languageCode: "en" };
}
