/** Tells the server what it need not keep any longer. */
import type { Clock } from "./clock.js";

// Both from the protocol: often enough that 4 MiB are never reached by a client that keeps up.
const EVERY_FRAMES = 16;
const AFTER_S = 0.25;

/** Acknowledges every 16th frame, and others 250 ms after they were taken. */
export class Receipts {
  #taken = 0;
  #told = 0;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (seq: number) => void,
  ) {}

  /** The owner has taken the frame with this number. */
  taken(seq: number): void {
    this.#taken = seq;
    if (seq - this.#told >= EVERY_FRAMES) this.#tell();
    else this.#cancel ??= this.clock.schedule(AFTER_S, () => this.#tell());
  }

  /** Another session, which counts from 1. */
  reset(): void {
    this.stop();
    this.#taken = this.#told = 0;
  }

  /** Nothing is told any more until the next frame is taken. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #tell(): void {
    this.stop();
    this.#told = this.#taken;
    this.tell(this.#taken);
  }
}
