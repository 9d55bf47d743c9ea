/** One connection and the contexts that speak over it. */
import type { BoxRoom } from "./chunk-box.js";
import { type Clock, systemClock } from "./clock.js";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { ContextScript } from "./context-script.js";
import { type Ending, ending } from "./ending.js";
import { ConnectionOver, type ServerRefused } from "./failures.js";
import type { JsonObject } from "./json.js";
import { asError, later } from "./later.js";
import { chunkIn, contextOf, failureIn } from "./speech-chunk.js";
import { type ChunkListener, LiveContext } from "./speech-context.js";
import { Restarted } from "./states.js";

// Parts of the server's inactivity timeout after which it hears from us though nobody speaks: one
// message may be late without harm.
const SIGNS_PER_TIMEOUT = 3;
const CLOSED_HERE: Ending = { code: 1000, reason: "", by: "client" };

/** Carries what contexts say to the server, and what it says to their listeners. */
export class SpeechLine {
  readonly connection: Connection;
  readonly #contexts = new Map<string, LiveContext>();
  readonly #clock: Clock;
  readonly #signEveryS: number;
  #numbered = 0;
  #refusal: ServerRefused | null = null;
  readonly #ended = later<Ending>();
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

  /** Whether nothing is said any more. */
  get isOver(): boolean {
    return this.#over !== null;
  }

  /** How it ended; never rejects. */
  get done(): Promise<Ending> {
    return this.#ended.promise;
  }

  /** Connects. Rejects with CannotConnect. */
  async open(): Promise<void> {
    try {
      await this.connection.open();
    } catch (error) {
      this.#endWith(error);
      throw error;
    }
    this.#reading = this.#read();
    this.#scheduleSign();
  }

  /** Ends all contexts and the connection. Idempotent. */
  async close(): Promise<void> {
    const closing = this.connection.close();
    this.#end(new ConnectionOver("The connection was closed."), CLOSED_HERE);
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
    try {
      for await (const item of this.connection) {
        if (!(item instanceof Restarted)) this.#hear(item);
        await this.room.free();
      }
    } catch (error) {
      return this.#endWith(error);
    }
    this.#endWith(null);
  }

  /** @param error - what the connection failed with; null where the server has closed it. */
  #endWith(error: unknown): void {
    const closed = this.connection.closeReason || "The server has closed the connection.";
    const failure = error === null ? new ConnectionOver(closed) : asError(error);
    const ended = ending(false, error, this.#refusal, this.connection);
    this.#end(this.#refusal ?? failure, ended);
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
      context.end(asError(error));
      this.#sayIfPossible(context.script.cancel());
    }
  }

  #end(error: Error, ended: Ending): void {
    this.#over ??= error;
    this.#ended.resolve(ended);
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
