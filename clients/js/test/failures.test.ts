import assert from "node:assert/strict";
import { test } from "node:test";
import { errorIn, isFatal } from "../dist/failures.js";

const closed = (code: number, errorId?: string) =>
  isFatal({ kind: "closed", code, reason: "", ...(errorId !== undefined && { errorId }) });

test("what a server calls its error goes before the code of its close frame", () => {
  assert.equal(closed(1008), true);
  assert.equal(closed(1008, "input_timeout_exceeded"), false);
  assert.equal(closed(1008, "rate_limit_exceeded"), false);
  assert.equal(closed(1008, "some_new_error"), true);
  assert.equal(closed(1011, "quota_exceeded"), true);
  assert.equal(closed(1006, "quota_exceeded"), false);
});

test("an error is known by its name in each of the protocol's shapes", () => {
  assert.equal(errorIn({ message: "no", error: "quota_exceeded", code: 1008 }), "quota_exceeded");
  assert.equal(errorIn({ message_type: "rate_limited", error: "no" }), "rate_limited");
  assert.equal(errorIn({ type: "error", error_event: { error_type: "llm_error" } }), "llm_error");
  assert.equal(errorIn({ type: "audio", error: null }), null);
});
