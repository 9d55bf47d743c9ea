/** The newest bytes of a stream: what is too old to fit goes out first. */
export class AudioBuffer {
  readonly #bytes: Uint8Array;
  #length = 0;
  #end = 0;

  /**
   * @param maxSize - bytes.
   * @throws RangeError for a size that is negative or no whole number.
   */
  constructor(readonly maxSize = 1024 * 1024) {
    if (!Number.isSafeInteger(maxSize) || maxSize < 0) {
      throw new RangeError("maxSize must be a number of bytes.");
    }
    this.#bytes = new Uint8Array(maxSize);
  }

  /** Bytes that it holds. */
  get length(): number {
    return this.#length;
  }

  /** Puts `data` at the end; of a piece that is larger than the buffer, its end is kept. */
  add(data: Uint8Array): void {
    const kept = data.subarray(Math.max(0, data.length - this.maxSize));
    const first = kept.subarray(0, this.maxSize - this.#end);
    this.#bytes.set(first, this.#end);
    this.#bytes.set(kept.subarray(first.length), 0);
    this.#end = this.maxSize === 0 ? 0 : (this.#end + kept.length) % this.maxSize;
    this.#length = Math.min(this.maxSize, this.#length + kept.length);
  }

  /** All that it holds, the oldest first; it stays there. */
  get(): Uint8Array {
    const held = new Uint8Array(this.#length);
    const start = this.#end - this.#length;
    if (start >= 0) {
      held.set(this.#bytes.subarray(start, this.#end));
    } else {
      held.set(this.#bytes.subarray(start), 0);
      held.set(this.#bytes.subarray(0, this.#end), -start);
    }
    return held;
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0;
  }
}
