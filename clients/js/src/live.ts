/** What conversations and transcriptions have in common: a connection, and events that come of it. */
import { Announcer } from "./announcer.js";
import { Connection } from "./connection.js";
import type { ConnectionOptions, Opening } from "./connection-options.js";
import type { Door } from "./door.js";
import type { Ending } from "./ending.js";
import { VivavoceError } from "./failures.js";
import { later } from "./later.js";
import type { ConnectionState, StateChange } from "./states.js";

const STARTS_WITHIN_S = 30;

type OfType<Event extends { readonly type: string }, Type extends Event["type"]> = Extract<
  Event,
  { readonly type: Type }
>;

export abstract class Live<Event extends { readonly type: string }> implements AsyncIterable<Event> {
  protected readonly connection: Connection;
  protected readonly announcer = new Announcer<Event>();
  protected readonly ended = later<Extract<Event, Ending>>();

  constructor(door: Door, opening: Opening, options: ConnectionOptions = {}) {
    const headers = { ...door.headers, ...options.headers };
    this.connection = new Connection(door.url, opening, { ...options, headers });
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** The last round trip, in seconds. */
  get roundTripS(): number | null {
    return this.connection.roundTripS;
  }

  /** Attempts to come back in this outage, or in the last one. */
  get retries(): number {
    return this.connection.retries;
  }

  /** Null where the server cannot resume. */
  get sessionId(): string | null {
    return this.connection.sessionId;
  }

  /** Resolves with the last event, when all is over and given back; never rejects. */
  get done(): Promise<Extract<Event, Ending>> {
    return this.ended.promise;
  }

  /** Events that whoever iterates has not read before 1024 others had come. */
  get lostEvents(): number {
    return this.announcer.lost;
  }

  /** Drops the socket without a goodbye, as a bad network does; it comes back. */
  cut(): void {
    this.connection.cut();
  }

  /** Calls `listener` with every event of a type; gives the way off. */
  on<Type extends Event["type"]>(
    type: Type,
    listener: (event: OfType<Event, Type>) => void,
  ): () => void {
    return this.announcer.on(type, listener);
  }

  /** How the connection fares; gives the way off. */
  onState(listener: (change: StateChange) => void): () => void {
    return this.connection.onState(listener);
  }

  /** Every event, and the end. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Event> {
    return this.announcer.events();
  }

  /** Waits for the server's first word: null, or what it fails with. */
  protected async begun(first: Promise<Error | null>): Promise<Error | null> {
    const late = later<Error>();
    const tooLate = new VivavoceError("The server began nothing in time.");
    const timer = setTimeout(() => late.resolve(tooLate), STARTS_WITHIN_S * 1000);
    const failure = await Promise.race([first, late.promise]);
    clearTimeout(timer);
    // What comes in this very moment is also for those who begin to iterate when this has resolved.
    setTimeout(() => this.announcer.begun(), 0);
    return failure;
  }
}
