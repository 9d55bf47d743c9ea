/** What one tab has measured: the course of each turn, and percentiles over all of them. */
import { computed, signal } from "@preact/signals";
import { measured, type Measured } from "./percentiles.ts";

/** Who looked at the clock. */
export type Clock = "here" | "server";

export type StepName =
  | "connect" | "first_chunk" | "first_sound" | "last_chunk"
  | "transcript" | "answer" | "arrives" | "heard"
  | "turn_over" | "server_transcript" | "first_token" | "first_clause" | "first_audio" | "audible"
  | "speech" | "first_partial" | "settled";

/** A part of a turn, in ms from the moment at which the turn's clock was started. */
export interface Step {
  readonly name: StepName;
  readonly startMs: number;
  readonly endMs: number;
  readonly by: Clock;
}

/** A moment that ended a step; `atMs` on any clock. */
export interface Mark {
  readonly name: StepName;
  readonly atMs: number;
}

/** A turn with its course; `headlineMs` is what a person waited. */
export interface MeasuredTurn {
  readonly number: number;
  readonly headlineMs: number;
  readonly steps: readonly Step[];
}

/** The steps between `startMs` and one mark after the other; marks need not be in order. */
export function stepsBetween(startMs: number, marks: readonly Mark[], by: Clock): readonly Step[] {
  const inOrder = [...marks].sort((a, b) => a.atMs - b.atMs);
  return inOrder.map(({ name, atMs }, place) => ({
    name,
    startMs: Math.max(0, (inOrder[place - 1]?.atMs ?? startMs) - startMs),
    endMs: Math.max(0, atMs - startMs),
    by,
  }));
}

/** All turns of a tab. */
export class LatencyLog {
  readonly turns = signal<readonly MeasuredTurn[]>([]);
  readonly history = signal<readonly Measured[]>([]);
  /** The number of the turn that was asked for; null for the newest. */
  readonly chosen = signal<number | null>(null);
  /** The turn to show. */
  readonly shown = computed(() => {
    const all = this.turns.value;
    return all.find((turn) => turn.number === this.chosen.value) ?? all.at(-1) ?? null;
  });

  /** Takes a turn down. Returns its number, from 1. */
  add(headlineMs: number, steps: readonly Step[]): number {
    const number = (this.turns.peek().at(-1)?.number ?? 0) + 1;
    this.turns.value = [...this.turns.peek(), { number, headlineMs, steps }];
    this.history.value = measured(this.history.peek(), headlineMs);
    this.chosen.value = null;
    return number;
  }

  /** Another course for a turn. */
  replace(number: number, steps: readonly Step[]): void {
    this.turns.value = this.turns.peek().map((turn) =>
      turn.number === number ? { ...turn, steps } : turn,
    );
  }

  /** More is known of a turn: steps that are added to its course. */
  extend(number: number, steps: readonly Step[]): void {
    const turn = this.turns.peek().find((one) => one.number === number);
    if (turn !== undefined) this.replace(number, [...turn.steps, ...steps]);
  }
}
