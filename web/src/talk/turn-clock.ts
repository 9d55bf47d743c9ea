/** What a caller waited for in each turn of a call: a core without clock or sound. */
import { stepsBetween, type Mark, type Step } from "../latency/turns.ts";

/** A turn that has been answered aloud. */
export interface AnsweredTurn {
  readonly eventId: number;
  readonly headlineMs: number;
  readonly steps: readonly Step[];
}

export class TurnClock {
  #startMs: number | null = null;
  #eventId: number | null = null;
  #marks: Mark[] = [];
  #newestId = -1;
  /** The last answer that was there when the caller had finished; it may go on sounding. */
  #beforeId = -1;

  /** The caller has finished, at `endMs` by the loudness of their voice or by the Enter key. */
  said(endMs: number, nowMs: number, isWritten: boolean): void {
    this.#startMs = endMs;
    this.#eventId = null;
    this.#beforeId = this.#newestId;
    this.#marks = isWritten ? [] : [{ name: "transcript", atMs: nowMs }];
  }

  /** The answer is known in writing. */
  answered(eventId: number, nowMs: number): void {
    if (this.#isNew(eventId)) this.#mark("answer", nowMs);
  }

  /** A sound of an answer is here. Whether it is the first that somebody waited for. */
  sounds(eventId: number, nowMs: number): boolean {
    const isNew = this.#isNew(eventId);
    if (!isNew || this.#startMs === null || this.#eventId !== null) return false;
    this.#eventId = eventId;
    this.#mark("arrives", nowMs);
    return true;
  }

  /** Its first sound was heard at `atMs`. Null where nobody had asked. */
  heard(atMs: number): AnsweredTurn | null {
    const startMs = this.#startMs;
    const eventId = this.#eventId;
    if (startMs === null || eventId === null) return null;
    this.#mark("heard", atMs);
    this.#startMs = this.#eventId = null;
    const headlineMs = Math.max(0, atMs - startMs);
    return { eventId, headlineMs, steps: stepsBetween(startMs, this.#marks, "here") };
  }

  #isNew(eventId: number): boolean {
    this.#newestId = Math.max(this.#newestId, eventId);
    return eventId > this.#beforeId;
  }

  #mark(name: Mark["name"], atMs: number): void {
    if (this.#startMs !== null && this.#marks.every((one) => one.name !== name))
      this.#marks.push({ name, atMs });
  }
}
