import assert from "node:assert/strict";
import { test } from "node:test";

import { BackoffLaw, Outage } from "../dist/backoff.js";
import { seeded } from "./fake-server.js";

const DRAWS = 5000;

test("delays are drawn evenly from zero to the bound of the outage's length", () => {
  const law = new BackoffLaw();
  const random = seeded(7);
  for (const [outageS, longestS] of [[0, 0.1], [0.2, 0.1], [1, 0.5], [4, 2], [10, 5], [119, 5]] as const) {
    const delays = Array.from({ length: DRAWS }, () => law.delayS(outageS, random) ?? NaN);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / DRAWS;
    assert.ok(delays.every((delay) => delay >= 0 && delay <= longestS));
    // The deviation of a mean of even draws is longest / sqrt(12 n); four of them.
    assert.ok(Math.abs(mean - longestS / 2) < (4 * longestS) / Math.sqrt(12 * DRAWS));
    const above = delays.filter((delay) => delay > longestS * 0.9).length / DRAWS;
    assert.ok(above > 0.08 && above < 0.12);
  }
});

test("the bounds grow with the waits until they reach the cap", () => {
  const law = new BackoffLaw({ giveUpAfterS: null });
  let outageS = 0;
  const bounds: number[] = [];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    bounds.push(law.longestS(outageS));
    outageS += law.delayS(outageS, () => 1) ?? NaN;
  }
  assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b));
  assert.equal(bounds[0], 0.1);
  assert.equal(bounds.at(-1), 5);
});

test("a cut of 0.3 seconds is over within half a second for nearly everyone", () => {
  const law = new BackoffLaw();
  const random = seeded(11);
  let late = 0;
  for (let client = 0; client < DRAWS; client += 1) {
    let atS = 0;
    while (atS < 0.3) atS += law.delayS(atS, random) ?? NaN;
    if (atS > 0.5) late += 1;
  }
  assert.equal(late, 0);
});

test("an outage that is too long is given up, and one without a limit never", () => {
  assert.equal(new BackoffLaw().delayS(120, Math.random), null);
  assert.notEqual(new BackoffLaw({ giveUpAfterS: null }).delayS(1e9, Math.random), null);
  assert.throws(() => new BackoffLaw({ ratio: -1 }), RangeError);
  assert.throws(() => new BackoffLaw({ capS: NaN }), RangeError);
});

test("retries are counted by outage, and stay readable when it is over", () => {
  const outage = new Outage(new BackoffLaw(), () => 0.5);
  assert.equal(outage.failed(10, { isAttempt: false }), 0.05);
  assert.equal(outage.failed(12, { isAttempt: true }), 0.5);
  assert.equal(outage.failed(14, { isAttempt: true }), 1);
  outage.end();
  assert.equal(outage.retries, 2);
  assert.equal(outage.failed(100, { isAttempt: false }), 0.05);
  assert.equal(outage.retries, 0);
});

test("the first connection is given up sooner than one that has been", () => {
  const outage = new Outage(new BackoffLaw({ giveUpAfterS: 100 }), () => 0.5, 10);
  outage.begin(0);
  assert.notEqual(outage.failed(9, { isAttempt: true }), null);
  assert.equal(outage.failed(10, { isAttempt: true }), null);
  outage.opened();
  outage.end();
  assert.notEqual(outage.failed(20, { isAttempt: false }), null);
  assert.notEqual(outage.failed(119, { isAttempt: true }), null);
  assert.equal(outage.failed(120, { isAttempt: true }), null);
});
