/** Whoever wants to be told, of what comes too often to be drawn each time. */
export class Listeners<Value> {
  readonly #all = new Set<(value: Value) => void>();

  /** Calls `listener` with each value from now on. Returns the way off. */
  readonly add = (listener: (value: Value) => void): (() => void) => {
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  };

  tell(value: Value): void {
    for (const listener of this.#all) listener(value);
  }
}
