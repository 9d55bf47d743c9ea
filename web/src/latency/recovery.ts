/** Outages of a connection as a list for people: a core without clock or network. */

export type LinkState = "idle" | "connecting" | "open" | "reconnecting" | "closed";

/** One time without a network. */
export interface Outage {
  readonly startMs: number;
  /** Null while it lasts. */
  readonly endMs: number | null;
  readonly tries: number;
  readonly outcome: "lasting" | "resumed" | "anew" | "given-up";
}

/** The outages so far after a change of state at `nowMs`. The input is left as it is. */
export function afterChange(
  outages: readonly Outage[],
  state: LinkState,
  tries: number,
  nowMs: number,
): readonly Outage[] {
  const last = outages.at(-1);
  const isAway = last !== undefined && last.endMs === null;
  if (state === "reconnecting") {
    if (!isAway) return [...outages, { startMs: nowMs, endMs: null, tries, outcome: "lasting" }];
    return [...outages.slice(0, -1), { ...last, tries }];
  }
  if (!isAway || (state !== "open" && state !== "closed")) return outages;
  const outcome = state === "open" ? "resumed" : "given-up";
  const took = state === "open" ? Math.max(1, last.tries, tries) : last.tries;
  return [...outages.slice(0, -1), { ...last, endMs: nowMs, tries: took, outcome }];
}

/** The session of the last outage could not be kept: what came after is another one. */
export function begunAnew(outages: readonly Outage[]): readonly Outage[] {
  const last = outages.at(-1);
  return last === undefined ? outages : [...outages.slice(0, -1), { ...last, outcome: "anew" }];
}
