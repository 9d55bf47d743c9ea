import assert from "node:assert/strict";
import { test } from "node:test";
import { measured, percentile, type Measured } from "../src/latency/percentiles.ts";

test("a percentile is the smallest value that enough are not above", () => {
  const values = Array.from({ length: 20 }, (_, place) => 20 - place);
  assert.equal(percentile(values, 0.5), 10);
  assert.equal(percentile(values, 0.95), 19);
  assert.equal(percentile([7], 0.95), 7);
});

test("each measure is kept with the percentiles of its time", () => {
  const history = [300, 100, 200].reduce<readonly Measured[]>(measured, []);
  assert.deepEqual(
    history.map(({ p50, p95 }) => [p50, p95]),
    [
      [300, 300],
      [100, 300],
      [200, 300],
    ],
  );
});

test("old measures make way for new ones", () => {
  let history: readonly Measured[] = [];
  for (let ms = 0; ms < 600; ms++) history = measured(history, ms);
  assert.equal(history.length, 500);
  assert.equal(history[0]?.ms, 100);
  assert.equal(history.at(-1)?.p50, 349);
});
