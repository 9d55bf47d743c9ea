import { uncaught } from "./later.js";
import { ConnectionState, type StateChange } from "./states.js";

/** Where a connection stands, and who wants to know. */
export class StateBoard {
  #state: ConnectionState = ConnectionState.IDLE;
  readonly #listeners = new Set<(change: StateChange) => void>();

  get state(): ConnectionState {
    return this.#state;
  }

  /** Gives the way off. */
  watch(listener: (change: StateChange) => void): () => void {
    // Wrapped, so that one function can watch twice and leave once.
    const own = (change: StateChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** A listener that throws ends nothing: its error surfaces as one that nobody has caught. */
  tell(change: StateChange): void {
    this.#state = change.state;
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        uncaught(error);
      }
    }
  }
}
