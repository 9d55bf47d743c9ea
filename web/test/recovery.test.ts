import assert from "node:assert/strict";
import { test } from "node:test";
import { afterChange, begunAnew, type LinkState, type Outage } from "../src/latency/recovery.ts";

type Change = readonly [state: LinkState, tries: number, nowMs: number];

function after(...changes: readonly Change[]): readonly Outage[] {
  return changes.reduce<readonly Outage[]>((all, change) => afterChange(all, ...change), []);
}

test("a connection that was never lost has had no outage", () => {
  assert.deepEqual(after(["connecting", 0, 0], ["open", 0, 5], ["closed", 0, 9]), []);
});

test("an outage lasts from the loss until the connection is there again", () => {
  const told = after(
    ["open", 0, 0],
    ["reconnecting", 0, 100],
    ["reconnecting", 1, 150],
    ["connecting", 1, 160],
    ["open", 2, 400],
  );
  assert.deepEqual(told, [{ startMs: 100, endMs: 400, tries: 2, outcome: "resumed" }]);
});

test("coming back took one try at least", () => {
  assert.equal(after(["reconnecting", 0, 0], ["open", 0, 40])[0]?.tries, 1);
});

test("giving up ends an outage, too", () => {
  const [told] = after(["reconnecting", 3, 0], ["closed", 4, 900]);
  assert.deepEqual(told, { startMs: 0, endMs: 900, tries: 3, outcome: "given-up" });
});

test("a session that is lost is told with the outage that it was lost in", () => {
  const told = begunAnew(
    after(["reconnecting", 0, 0], ["open", 1, 5], ["reconnecting", 0, 50], ["open", 1, 90]),
  );
  assert.deepEqual(
    told.map((one) => one.outcome),
    ["resumed", "anew"],
  );
});
