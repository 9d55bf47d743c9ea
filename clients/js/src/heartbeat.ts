/** Whether the other end is still there, and how far away. */
import type { Clock } from "./clock.js";

/** Intervals in seconds, and what to do. */
export interface HeartbeatOptions {
  readonly everyS: number;
  /** Silence after a beat that means death. */
  readonly timeoutS: number;
  /** Sends a beat; its answer is reported to {@link Heartbeat.answered} with the same id. */
  readonly beat: (id: number) => void;
  readonly onDead: () => void;
}

/** Measures round trips over one socket, one at a time. */
export class Heartbeat {
  #id = 0;
  #sentAt: number | null = null;
  #heardAt = -Infinity;
  #cancel: (() => void) | null = null;
  #isRunning = false;
  #roundTripS: number | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly options: HeartbeatOptions,
  ) {}

  /** The last measure, also of a socket before; null before the first. */
  get roundTripS(): number | null {
    return this.#roundTripS;
  }

  /** The first beat goes out at once. Idempotent. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#beat();
  }

  /** The socket is gone. Idempotent. */
  stop(): void {
    this.#isRunning = false;
    this.#sentAt = null;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Something came; its sender lives, even if the answer is held up behind much else. */
  heard(): void {
    this.#heardAt = this.clock.now();
  }

  /** The answer to the beat `id`, or to the last one. */
  answered(id: number = this.#id): void {
    if (this.#sentAt === null || id !== this.#id) return;
    this.#roundTripS = this.clock.now() - this.#sentAt;
    this.#sentAt = null;
    this.#after(this.options.everyS, () => this.#beat());
  }

  #beat(): void {
    this.#sentAt = this.clock.now();
    this.#id += 1;
    this.#after(this.options.timeoutS, () => this.#check());
    this.options.beat(this.#id);
  }

  #check(): void {
    const quietS = this.clock.now() - Math.max(this.#sentAt ?? -Infinity, this.#heardAt);
    if (quietS >= this.options.timeoutS) this.options.onDead();
    else this.#after(this.options.timeoutS - quietS, () => this.#check());
  }

  #after(delayS: number, action: () => void): void {
    this.#cancel?.();
    this.#cancel = this.clock.schedule(delayS, action);
  }
}
