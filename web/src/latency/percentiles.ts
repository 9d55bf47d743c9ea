/** Percentiles of what has been measured so far, and how they came about. */

/** Newer ones push older ones out: an afternoon of turns. */
const KEPT = 500;

/** One measure, and the percentiles once it had been taken; all in ms. */
export interface Measured {
  readonly ms: number;
  readonly p50: number;
  readonly p95: number;
}

/** The nearest-rank percentile: the smallest value that at least `share` (0 to 1) are not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** `history` with one more measure. */
export function measured(history: readonly Measured[], ms: number): readonly Measured[] {
  const kept = history.slice(1 - KEPT);
  const all = [...kept.map((one) => one.ms), ms];
  return [...kept, { ms, p50: percentile(all, 0.5), p95: percentile(all, 0.95) }];
}
