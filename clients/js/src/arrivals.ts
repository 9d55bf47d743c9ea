import type { Clock } from "./clock.js";
import { Inbox } from "./inbox.js";
import type { JsonObject } from "./json.js";
import { Receipts } from "./receipts.js";
import { Restarted } from "./states.js";

interface Arrival {
  readonly item: JsonObject | Restarted;
  readonly seq: number | null;
}

/** What has come and nobody has taken yet; what is taken is acknowledged. */
export class Arrivals {
  readonly #inbox = new Inbox<Arrival>();
  readonly #receipts: Receipts;

  /** @param tell - sends the last number that was taken. */
  constructor(clock: Clock, tell: (ack: number) => void) {
    this.#receipts = new Receipts(clock, tell);
  }

  put(frame: JsonObject, seq: number | null): void {
    this.#inbox.put({ item: frame, seq });
  }

  /** A session begins; a `reason` says why the one before is lost, and what came of it goes with it. */
  begin(reason: string | null): void {
    this.#receipts.reset();
    if (reason === null) return;
    // The opening knows of what was taken; the rest would be said twice.
    this.#inbox.clear();
    this.#inbox.put({ item: new Restarted(reason), seq: null });
  }

  /** Nobody is there to be told what was taken. */
  pause(): void {
    this.#receipts.stop();
  }

  /** Nothing more comes; `error` is for whoever takes behind the last one. */
  end(error: Error | null): void {
    this.#receipts.stop();
    this.#inbox.end(error);
  }

  /** The next one; null behind the last. Rejects with what the end was given. */
  async take(): Promise<JsonObject | Restarted | null> {
    const arrival = await this.#inbox.take();
    if (arrival === null) return null;
    if (arrival.seq !== null) this.#receipts.taken(arrival.seq);
    return arrival.item;
  }
}
