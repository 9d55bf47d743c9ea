/** How long words took to be written: a core without clock or sound. */
import type { Step } from "../latency/turns.ts";

export interface MeasuredPassage {
  readonly headlineMs: number;
  readonly steps: readonly Step[];
}

export class PassageClock {
  #startMs: number | null = null;
  #firstMs: number | null = null;

  /** Words of a new passage are read for the first time; their voice began at `startMs`. */
  partial(startMs: number | null, nowMs: number): void {
    if (this.#firstMs !== null) return;
    this.#startMs = startMs;
    this.#firstMs = nowMs;
  }

  /** They are settled; their voice was last heard at `lastMs`. Null where that is not known. */
  committed(startMs: number | null, lastMs: number | null, nowMs: number): MeasuredPassage | null {
    const beganMs = this.#startMs ?? startMs;
    const firstMs = this.#firstMs;
    this.#startMs = this.#firstMs = null;
    if (beganMs === null || lastMs === null || lastMs < beganMs) return null;
    const since = (ms: number): number => Math.max(0, ms - beganMs);
    const steps: Step[] = [{ name: "speech", startMs: 0, endMs: since(lastMs), by: "here" }];
    if (firstMs !== null)
      steps.push({ name: "first_partial", startMs: 0, endMs: since(firstMs), by: "here" });
    const settled = { name: "settled", startMs: since(lastMs), endMs: since(nowMs), by: "here" } as const;
    return { headlineMs: Math.max(0, nowMs - lastMs), steps: [...steps, settled] };
  }
}
