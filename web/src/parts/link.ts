/** A connection as the page shows it. */
import { signal } from "@preact/signals";
import type { StateChange } from "vivavoce";
import { afterChange, begunAnew, type LinkState, type Outage } from "../latency/recovery.ts";

/** What all of the SDK's connections have. */
export interface Linked {
  readonly roundTripS: number | null;
  readonly sessionId: string | null;
  onState(listener: (change: StateChange) => void): () => void;
  cut(): void;
}

// A round trip is measured every 5 s; a figure that is a second old looks fresh.
const LOOK_MS = 1000;

export class Link {
  readonly state = signal<LinkState>("idle");
  readonly tries = signal(0);
  readonly roundTripMs = signal<number | null>(null);
  readonly isResumable = signal(false);
  readonly outages = signal<readonly Outage[]>([]);
  #linked: Linked | null = null;
  #sessionId: string | null = null;

  /** Shows `linked` from now on. Returns the way to leave it. */
  follow(linked: Linked): () => void {
    this.#linked = linked;
    this.#sessionId = null;
    const off = linked.onState((change) => this.#changed(change));
    const timer = setInterval(() => this.#look(), LOOK_MS);
    return () => {
      off();
      clearInterval(timer);
      if (this.#linked === linked) this.#linked = null;
      if (this.state.peek() !== "idle") this.state.value = "closed";
    };
  }

  /** Drops the socket, as a bad network would. */
  cut(): void {
    this.#linked?.cut();
  }

  #changed({ state, retries }: StateChange): void {
    this.state.value = state;
    this.tries.value = retries;
    this.outages.value = afterChange(this.outages.peek(), state, retries, performance.now());
    this.#look();
  }

  #look(): void {
    const { roundTripS = null, sessionId = null } = this.#linked ?? {};
    this.roundTripMs.value = roundTripS === null ? null : roundTripS * 1000;
    this.isResumable.value = sessionId !== null;
    // A session that is not the same was begun after the last outage.
    const isAnother = this.#sessionId !== null && sessionId !== this.#sessionId;
    if (isAnother) this.outages.value = begunAnew(this.outages.peek());
    this.#sessionId = sessionId;
  }
}
