import type { AudioSink, AudioSource } from "../dist/index.js";

/** Delivers what it is told to. */
export class FakeSource implements AudioSource {
  sampleRate: number | null = null;
  starts = 0;
  isReleased = false;
  #deliver: ((samples: Int16Array) => void) | null = null;

  async start(sampleRate: number, deliver: (samples: Int16Array) => void): Promise<void> {
    this.sampleRate = sampleRate;
    this.starts += 1;
    this.#deliver = deliver;
  }

  /** 20 ms, each of whose samples is `value`. */
  hear(value: number): void {
    this.#deliver?.(new Int16Array((this.sampleRate ?? 0) / 50).fill(value));
  }

  async release(): Promise<void> {
    this.isReleased = true;
    this.#deliver = null;
  }
}

/** Plays nothing by itself: what is queued stays, until it is dropped or `playOut` is called. */
export class FakeSink implements AudioSink {
  sampleRate: number | null = null;
  queue: { readonly eventId: number; readonly samples: Int16Array }[] = [];
  readonly played: number[] = [];
  isReleased = false;
  playedS = 0;
  #givenS = 0;
  #wake: (() => void)[] = [];

  async start(sampleRate: number): Promise<void> {
    this.sampleRate = sampleRate;
  }

  play(samples: Int16Array, eventId: number): number {
    const from = this.#givenS;
    this.#givenS += samples.length / (this.sampleRate ?? 0);
    this.queue.push({ eventId, samples });
    return from;
  }

  interrupt(eventId: number): void {
    this.queue = this.queue.filter((piece) => piece.eventId > eventId);
  }

  clear(): void {
    this.interrupt(Infinity);
  }

  playOut(): void {
    this.played.push(...this.queue.map(({ eventId }) => eventId));
    this.clear();
    this.playedS = this.#givenS;
    for (const wake of this.#wake) wake();
  }

  get queuedS(): number {
    return this.#givenS - this.playedS;
  }

  async drained(): Promise<void> {
    if (this.queue.length > 0) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  async release(): Promise<void> {
    this.isReleased = true;
  }
}
