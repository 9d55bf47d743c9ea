/** One connection and the contexts that speak over it. */
import type { BoxRoom } from "./chunk-box.js";
import { type Clock, systemClock } from "./clock.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import { ContextScript } from "./context-script.js";
import { ConnectionOver, type ServerRefused, VivavoceError } from "./failures.js";
import type { JsonObject } from "./json.js";
import { chunkIn, contextOf, failureIn } from "./speech-chunk.js";
import { type ChunkListener, LiveContext } from "./speech-context.js";
import { Restarted } from "./states.js";

// Parts of the server's inactivity timeout after which it hears from us though nobody speaks: one
// message may be late without harm.
const SIGNS_PER_TIMEOUT = 3;

/** Carries what contexts say to the server, and what it says to their listeners. */
export class SpeechLine {
  readonly connection: Connection;
  readonly #contexts = new Map<string, LiveContext>();
  readonly #clock: Clock;
  readonly #signEveryS: number;
  #numbered = 0;
  #refusal: ServerRefused | null = null;
  #over: Error | null = null;
  #reading: Promise<void> = Promise.resolve();
  #cancelSign: (() => void) | null = null;

  constructor(
    url: URL,
    options: ConnectionOptions,
    private readonly room: BoxRoom,
    inactivityTimeoutS: number,
  ) {
    this.#clock = options.clock ?? systemClock;
    this.#signEveryS = inactivityTimeoutS / SIGNS_PER_TIMEOUT;
    this.connection = new Connection(url, (isRestart) => this.#opening(isRestart), options);
  }

  /** Connects. Rejects with CannotConnect. */
  async open(): Promise<void> {
    await this.connection.open();
    this.#reading = this.#read();
    this.#scheduleSign();
  }

  /** Ends all contexts and the connection. Idempotent. */
  async close(): Promise<void> {
    const closing = this.connection.close();
    this.#end(new ConnectionOver("The connection was closed."));
    await closing;
    await this.#reading;
  }

  /**
   * A context of its own; `settings` go with its first message.
   *
   * @throws what ended the connection.
   */
  context(settings: JsonObject, listener: ChunkListener): LiveContext {
    if (this.#over !== null) throw this.#over;
    this.#numbered += 1;
    const id = `u${this.#numbered}`;
    const context = new LiveContext(id, new ContextScript(id, settings), listener, {
      say: (messages) => this.#say(messages),
      leave: (one) => void this.#contexts.delete(one.contextId),
    });
    this.#contexts.set(id, context);
    return context;
  }

  /** Ends all that is being spoken. */
  async cancel(): Promise<void> {
    await Promise.all([...this.#contexts.values()].map((context) => context.cancel()));
  }

  async #say(messages: readonly JsonObject[]): Promise<void> {
    if (messages.length > 0 && this.#over !== null) throw this.#over;
    await Promise.all(messages.map((message) => this.connection.send(message)));
  }

  /** After a restart: all that was not spoken. What was not read of the old session never comes. */
  #opening(isRestart: boolean): JsonObject[] {
    if (!isRestart) return [];
    const contexts = [...this.#contexts.values()];
    const messages = contexts.flatMap((context) => context.script.again());
    for (const context of contexts) context.settle();
    return messages;
  }

  async #read(): Promise<void> {
    let failure: Error | null = null;
    try {
      for await (const item of this.connection) {
        if (!(item instanceof Restarted)) this.#hear(item);
        await this.room.free();
      }
    } catch (error) {
      failure = error instanceof Error ? error : new VivavoceError(String(error));
    }
    const reason = this.connection.closeReason || "The server has closed the connection.";
    this.#end(this.#refusal ?? failure ?? new ConnectionOver(reason));
  }

  #hear(frame: JsonObject): void {
    const failure = failureIn(frame);
    const id = contextOf(frame);
    if (id === null) {
      this.#refusal = failure ?? this.#refusal;
      return;
    }
    // Whoever was cancelled meanwhile is not here any more.
    const context = this.#contexts.get(id);
    if (context === undefined) return;
    if (failure !== null) context.end(failure);
    else if (frame["type"] === "flush_done") context.script.flushed();
    else this.#deliver(context, frame);
  }

  #deliver(context: LiveContext, frame: JsonObject): void {
    try {
      const chunk = chunkIn(frame, context.contextId);
      if (chunk !== null) context.hear(chunk);
    } catch (error) {
      context.end(error as Error);
      this.#sayIfPossible(context.script.cancel());
    }
  }

  #end(error: Error): void {
    this.#over ??= error;
    this.#cancelSign?.();
    for (const context of [...this.#contexts.values()]) context.end(this.#over);
  }

  #scheduleSign(): void {
    this.#cancelSign = this.#clock.schedule(this.#signEveryS, () => {
      const signs = [...this.#contexts.values()].flatMap((one) => one.script.keepAlive());
      this.#sayIfPossible(signs.length > 0 ? signs : [{ text: "" }]);
      this.#scheduleSign();
    });
  }

  /** Where it is not, the reader tells why. */
  #sayIfPossible(messages: readonly JsonObject[]): void {
    this.#say(messages).catch(() => undefined);
  }
}
