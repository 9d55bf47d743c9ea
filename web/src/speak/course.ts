/** The course of an utterance from the keyboard to the ear. */
import type { Step } from "../latency/turns.ts";

/** Moments on one clock, in ms; what has not happened is null. */
export interface UtteranceTimes {
  /** The text went off, or was about to. */
  readonly sentMs: number;
  /** The connection that it needed was there; null where there was one. */
  readonly connectedMs: number | null;
  readonly firstMs: number;
  readonly heardMs: number;
  readonly lastMs: number | null;
}

/** Sound goes on arriving while its beginning is heard, so steps may lie side by side. */
export function courseOf(times: UtteranceTimes): readonly Step[] {
  const { sentMs, connectedMs, firstMs, heardMs, lastMs } = times;
  const step = (name: Step["name"], fromMs: number, toMs: number): Step => ({
    name,
    startMs: Math.max(0, fromMs - sentMs),
    endMs: Math.max(0, toMs - sentMs),
    by: "here",
  });
  return [
    ...(connectedMs === null ? [] : [step("connect", sentMs, connectedMs)]),
    step("first_chunk", connectedMs ?? sentMs, firstMs),
    step("first_sound", firstMs, heardMs),
    ...(lastMs === null ? [] : [step("last_chunk", firstMs, lastMs)]),
  ];
}
