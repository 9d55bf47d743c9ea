import assert from "node:assert/strict";
import { test } from "node:test";

import { CallMemory } from "../dist/call-memory.js";

function heard(memory: CallMemory, text: string, eventId: number): void {
  memory.note({ type: "user_transcript", text, isFinal: true, eventId });
}

function answered(memory: CallMemory, text: string, eventId: number): void {
  memory.note({ type: "agent_response", text, eventId });
}

function arrived(memory: CallMemory, chars: string, eventId: number): void {
  const alignment = { chars: [...chars], startsMs: [], durationsMs: [] };
  memory.note({ type: "encoded_speech", base64: "", eventId, alignment });
}

function lines(memory: CallMemory): string[] {
  return memory.soFar()?.split("\n").slice(1) ?? [];
}

test("before anything there is nothing to tell, and nothing is owed", () => {
  const memory = new CallMemory();
  assert.equal(memory.soFar(), null);
  assert.equal(memory.unanswered(), null);
  assert.equal(memory.hasSpoken, false);
});

test("what was said is told in its order, and what has no answer is owed", () => {
  const memory = new CallMemory();
  answered(memory, "Hello!", 1);
  heard(memory, "Hi.", 2);
  answered(memory, "How are you?", 3);
  heard(memory, "Fine.", 4);
  memory.noteText("And you?");
  assert.deepEqual(lines(memory), ["Agent: Hello!", "User: Hi.", "Agent: How are you?"]);
  assert.equal(memory.unanswered(), "Fine. And you?");
});

test("a greeting answers nothing, in any session", () => {
  const memory = new CallMemory();
  for (const [text, owed] of [["early", "early"], ["late", "early late"]] as const) {
    memory.noteText(text);
    answered(memory, "Hello!", 1);
    assert.equal(memory.unanswered(), owed);
    memory.restart();
  }
  answered(memory, "Yes?", 3);
  assert.equal(memory.unanswered(), null);
  assert.deepEqual(lines(memory), ["Agent: Hello!", "Agent: Hello!", "User: early late", "Agent: Yes?"]);
});

test("a written turn that the server repeats is one turn, also in the next session", () => {
  const memory = new CallMemory();
  memory.noteText("one");
  heard(memory, "one", 1);
  heard(memory, "two", 2);
  assert.equal(memory.unanswered(), "one two");
  memory.restart();
  heard(memory, "one two", 1);
  assert.equal(memory.unanswered(), "one two");
});

test("of an answer that was interrupted only what was heard was said", () => {
  const memory = new CallMemory();
  answered(memory, "One. Two. Three.", 4);
  memory.note({ type: "agent_response_correction", original: "", corrected: "One.", eventId: 4 });
  assert.deepEqual(lines(memory), ["Agent: One."]);
  memory.note({ type: "agent_response_correction", original: "", corrected: "", eventId: 4 });
  assert.deepEqual(lines(memory), []);
});

test("what was interrupted before its text was complete is known from the correction", () => {
  const memory = new CallMemory();
  heard(memory, "Tell me.", 1);
  memory.note({ type: "agent_response_correction", original: "Once upon", corrected: "Once", eventId: 2 });
  assert.deepEqual(lines(memory), ["User: Tell me.", "Agent: Once"]);
  assert.equal(memory.unanswered(), null);
});

test("what of the last answer's sound never came was not said", () => {
  const memory = new CallMemory();
  answered(memory, "First.", 1);
  answered(memory, "One. Two. Three.", 2);
  arrived(memory, "One. ", 2);
  arrived(memory, "Two. ", 2);
  memory.restart();
  arrived(memory, "O", 2);
  assert.deepEqual(lines(memory), ["Agent: First.", "Agent: One. Two."]);
});

test("a long call is told by its end", () => {
  const memory = new CallMemory();
  for (let n = 1; n <= 100; n += 1) answered(memory, `${n} ${"x".repeat(200)}`, n);
  const told = lines(memory);
  assert.ok(told.at(-1)?.startsWith("Agent: 100 "));
  assert.ok(told.join("").length <= 6000 && told.join("").length > 5500);
});

test("what is said so far, tentatively, is no turn", () => {
  const memory = new CallMemory();
  memory.note({ type: "user_transcript", text: "Hel", isFinal: false, eventId: 1 });
  assert.equal(memory.unanswered(), null);
});
