/** Speech that waits for whoever listens to it: bounded, and never in the others' way. */
import { VivavoceError } from "./failures.js";
import { Inbox } from "./inbox.js";
import type { SpeechChunk } from "./speech-chunk.js";

// A minute of MP3 at 128 kbit/s, 22 s of PCM at 24 kHz.
const USUAL_BYTES = 1 << 20;
// How many times that may wait while somebody else listens to an empty box.
const OVERFLOW = 16;

/** The chunks of one listener in their order, then the end or what went wrong. */
export class ChunkBox {
  #inbox = new Inbox<SpeechChunk>();
  #bytes = 0;
  #takers = 0;

  constructor(private readonly room: BoxRoom) {
    room.boxes.add(this);
  }

  get hasEnded(): boolean {
    return this.#inbox.isOver;
  }

  /** Whether it is full enough for the server to wait. */
  get isFull(): boolean {
    return this.#bytes >= this.room.boxBytes;
  }

  /** Whether somebody waits and there is nothing. */
  get isStarving(): boolean {
    return this.#takers > 0 && this.#inbox.size === 0;
  }

  /** @throws VivavoceError when far too much waits. */
  put(chunk: SpeechChunk): void {
    if (this.#bytes >= this.room.boxBytes * OVERFLOW) {
      throw new VivavoceError(`${this.#bytes} bytes of speech wait, and nobody takes them.`);
    }
    this.#bytes += chunk.audio.length;
    this.#inbox.put(chunk);
  }

  /** Nothing more comes; the first end counts. */
  end(error: Error | null): void {
    this.#inbox.end(error);
    this.room.boxes.delete(this);
    this.room.moved();
  }

  /** What waits is not wanted. */
  clear(): void {
    this.#inbox.clear();
    this.#bytes = 0;
    this.room.moved();
  }

  /** The next chunk; null behind the last. Rejects with what went wrong. */
  async take(): Promise<SpeechChunk | null> {
    this.#takers += 1;
    this.room.moved();
    try {
      const chunk = await this.#inbox.take();
      // What was on its way when the rest was cleared is counted no more.
      this.#bytes = Math.max(0, this.#bytes - (chunk?.audio.length ?? 0));
      return chunk;
    } finally {
      this.#takers -= 1;
      this.room.moved();
    }
  }
}

/**
 * Decides whether more may be read from the server into the boxes of one connection.
 *
 * A full box stops the reading, so that the server waits and nothing grows. But as long as the
 * listener of another box has nothing, reading goes on: nobody waits for somebody else's listener.
 */
export class BoxRoom {
  readonly boxes = new Set<ChunkBox>();
  #waiters: (() => void)[] = [];

  /** @param boxBytes - of audio at which a box is full. */
  constructor(readonly boxBytes = USUAL_BYTES) {}

  /** A box was emptied, has ended, or is waited for. */
  moved(): void {
    for (const go of this.#waiters.splice(0)) go();
  }

  /** Returns when more may be read. */
  async free(): Promise<void> {
    while (!this.#mayRead()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #mayRead(): boolean {
    const boxes = [...this.boxes];
    return boxes.some((box) => box.isStarving) || !boxes.some((box) => box.isFull);
  }
}
