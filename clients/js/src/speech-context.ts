import type { ContextScript } from "./context-script.js";
import { VivavoceError } from "./failures.js";
import type { JsonObject } from "./json.js";
import type { SpeechChunk } from "./speech-chunk.js";

/** Who hears what one context says. */
export interface ChunkListener {
  put(chunk: SpeechChunk): void;
  /** Nothing more comes; `error` is what went wrong, if anything did. */
  end(error: Error | null): void;
}

/** What a context needs of the connection that carries it. */
export interface Carrier {
  say(messages: readonly JsonObject[]): Promise<void>;
  /** What the server says of the context is not heard any more. */
  leave(context: LiveContext): void;
}

/**
 * Text goes in; speech goes to its listener. Others speak over the same connection meanwhile.
 *
 * All methods that send have given their text its place in the order when they return; their promise
 * waits only while too much is unacknowledged, and rejects with ConnectionOver.
 */
export class LiveContext {
  #hasEnded = false;

  constructor(
    readonly contextId: string,
    readonly script: ContextScript,
    private readonly listener: ChunkListener,
    private readonly carrier: Carrier,
  ) {}

  /** Whether all that it will ever say has come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async sendText(text: string, flush: boolean): Promise<void> {
    this.#requireOpen();
    await this.carrier.say(this.script.text(text, flush));
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.carrier.say(this.script.flush());
  }

  async finish(): Promise<void> {
    if (this.#hasEnded) return;
    const messages = this.script.finish();
    this.settle();
    await this.carrier.say(messages);
  }

  async cancel(): Promise<void> {
    if (this.#hasEnded) return;
    this.end(null);
    await this.carrier.say(this.script.cancel());
  }

  /** One piece of its speech has come. */
  hear(chunk: SpeechChunk): void {
    this.script.heard(chunk.alignment.chars);
    this.listener.put(chunk);
    if (chunk.isFinal) this.end(null);
  }

  /** If the server owes it nothing, not even the end, the end is said here. */
  settle(): void {
    if (this.#hasEnded || !this.script.owesNothing) return;
    const alignment = { chars: [], startsMs: [], durationsMs: [] };
    const { contextId } = this;
    this.hear({ audio: new Uint8Array(), alignment, contextId, isFinal: true });
  }

  end(error: Error | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.carrier.leave(this);
    this.listener.end(error);
  }

  #requireOpen(): void {
    if (this.#hasEnded) throw new VivavoceError("This context has ended; it takes no text.");
  }
}
