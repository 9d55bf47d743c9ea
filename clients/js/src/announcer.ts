/** Tells events to listeners by their type, and to whoever iterates over all of them. */
import { uncaught } from "./later.js";

// Some minutes of a conversation.
const MOST_WAITING = 1024;

type OfType<Event extends { readonly type: string }, Type extends Event["type"]> = Extract<
  Event,
  { readonly type: Type }
>;

export class Announcer<Event extends { readonly type: string }> {
  readonly #listeners = new Map<string, Set<(event: Event) => void>>();
  readonly #readers = new Set<Reader<Event>>();
  #early: Event[] | null = [];
  #isOver = false;
  #lost = 0;

  /** Events that whoever iterates has not read before 1024 others had come. */
  get lost(): number {
    return this.#lost;
  }

  /** Calls `listener` with every event of a type; gives the way off. */
  on<Type extends Event["type"]>(
    type: Type,
    listener: (event: OfType<Event, Type>) => void,
  ): () => void {
    const told = (event: Event): void => listener(event as OfType<Event, Type>);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(told));
    return () => void listeners.delete(told);
  }

  announce(event: Event): void {
    this.#early?.push(event);
    for (const reader of this.#readers) this.#lost += reader.push(event);
    for (const listener of [...(this.#listeners.get(event.type) ?? [])]) {
      try {
        listener(event);
      } catch (error) {
        // Its own affair, as with the listeners of a page's events; the others are told all the same.
        uncaught(error);
      }
    }
  }

  /** Until this, what has happened is kept for those who begin to iterate late. */
  begun(): void {
    this.#early = null;
  }

  /** Nothing follows: iterations end. */
  over(): void {
    this.#isOver = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** All events from now on; who falls behind loses the oldest, as nothing waits for readers. */
  events(): AsyncIterableIterator<Event> {
    const reader = new Reader<Event>([...(this.#early ?? [])], () => this.#readers.delete(reader));
    if (this.#isOver) reader.end();
    else this.#readers.add(reader);
    return reader;
  }
}

class Reader<Event> implements AsyncIterableIterator<Event> {
  readonly #waiting: Event[];
  readonly #leave: () => void;
  #wake: (() => void) | null = null;
  #isOver = false;

  constructor(waiting: Event[], leave: () => void) {
    this.#waiting = waiting;
    this.#leave = leave;
  }

  /** Gives how many events made room for this one. */
  push(event: Event): number {
    this.#waiting.push(event);
    this.#wake?.();
    if (this.#waiting.length <= MOST_WAITING) return 0;
    this.#waiting.shift();
    return 1;
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Event, undefined>> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const event = this.#waiting.shift();
    return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    this.#waiting.length = 0;
    this.end();
    this.#leave();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
