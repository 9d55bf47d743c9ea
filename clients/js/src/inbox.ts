/** Things that come, for whoever takes them one after the other. */

type Waiter<T> = {
  resolve: (item: T | null) => void;
  reject: (error: Error) => void;
};

/** A queue with an end; its bound is its filler's affair. */
export class Inbox<T> {
  #items: T[] = [];
  #waiters: Waiter<T>[] = [];
  #isOver = false;
  #error: Error | null = null;

  /** Whether nothing more comes. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How many wait to be taken. */
  get size(): number {
    return this.#items.length;
  }

  /** Puts one at the end; nothing after the end. */
  put(item: T): void {
    if (this.#isOver) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#items.push(item);
    else waiter.resolve(item);
  }

  /** Nothing more comes; those who take behind the last one get null, or `error`. */
  end(error: Error | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    for (const waiter of this.#waiters.splice(0)) {
      if (error === null) waiter.resolve(null);
      else waiter.reject(error);
    }
  }

  /** Forgets what nobody has taken. */
  clear(): void {
    this.#items = [];
  }

  /** The next one; null behind the end. Rejects with what the end was given. */
  take(): Promise<T | null> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#error !== null) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve(null);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }
}
