/** A connection that outlives its sockets. */
import { Arrivals } from "./arrivals.js";
import type { ConnectionOptions, Opening } from "./connection-options.js";
import {
  CannotConnect,
  ConnectionOver,
  describe,
  errorIn,
  type Failure,
  isSessionLost,
} from "./failures.js";
import type { JsonObject } from "./json.js";
import { asError, later, messageOf } from "./later.js";
import { Link, type Verdict } from "./link.js";
import { addressFor, type Heard, readFrame, Session } from "./numbering.js";
import { ConnectionState, type Restarted, type StateChange } from "./states.js";
import { WaitingRoom } from "./waiting-room.js";

// As much as a server keeps; in characters, of which nearly all are base64.
const MOST_UNACKNOWLEDGED = 4 * 1024 * 1024;
const NORMAL = 1000;

/**
 * JSON messages both ways, in order and each once, over as many sockets as it takes.
 *
 * It asks for `resume=true`. Where the server grants a session, a lost socket is invisible but for
 * `onState`; elsewhere, and when the session is lost, a fresh one begins, which `receive` tells by
 * a {@link Restarted}. What is not taken by `receive` is not acknowledged, so that the server stops
 * at 4 MiB of it.
 */
export class Connection implements AsyncIterable<JsonObject | Restarted> {
  readonly #url: URL;
  readonly #opening: Opening;
  readonly #isResumable: boolean;
  readonly #link: Link;
  readonly #arrivals: Arrivals;
  readonly #room = new WaitingRoom(() => this.#hasRoom, (message) => this.#say(message));
  #session: Session | null = null;
  #hasBegun = false;
  #restartReason = "";
  #errorId: string | null = null;
  readonly #opened = later<Error | null>();
  #closeCode: number | null = null;
  #closeReason = "";

  /**
   * @param url - ws or wss; its query goes with every handshake.
   * @throws TypeError for what is no URL.
   */
  constructor(url: string | URL, opening: Opening, options: ConnectionOptions = {}) {
    this.#url = new URL(url);
    this.#opening = opening;
    this.#isResumable = options.resume ?? true;
    this.#link = new Link(
      {
        address: () => addressFor(this.#session, this.#url, this.#isResumable),
        opened: () => this.#socketOpened(),
        text: (data) => this.#hear(data),
        judge: (failure) => this.#judge(failure),
        gaveUp: (failure) => this.#fail("The server stayed away for too long", failure),
        forbidden: (failure) => this.#fail("No connection is possible", failure),
        heartbeatFrame: (id) => JSON.stringify({ type: "heartbeat", id }),
      },
      options,
    );
    this.#arrivals = new Arrivals(this.#link.clock, (ack) =>
      this.#link.send(JSON.stringify({ type: "ack", ack })),
    );
  }

  get state(): ConnectionState {
    return this.#link.board.state;
  }

  /** Seconds; null before the first measure. */
  get roundTripS(): number | null {
    return this.#link.roundTripS;
  }

  /** Attempts that failed in the present outage, or in the last one. */
  get retries(): number {
    return this.#link.retries;
  }

  /** null where the server has granted none. */
  get sessionId(): string | null {
    return this.#session?.grant?.id ?? null;
  }

  /** With which code the server ended it; null while it has not. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get closeReason(): string {
    return this.#closeReason;
  }

  /** Tells `listener` of every change of state; gives the way off. */
  onState(listener: (change: StateChange) => void): () => void {
    return this.#link.board.watch(listener);
  }

  /** Connects, however many attempts it takes. Rejects with CannotConnect. */
  async open(): Promise<void> {
    if (this.state !== ConnectionState.IDLE) throw new ConnectionOver("A connection is opened once.");
    this.#link.start();
    const failure = await this.#opened.promise;
    if (failure !== null) throw failure;
  }

  /**
   * Sends a message, or keeps it until there is a socket again. It has its place in the order when
   * this returns; only while more than 4 MiB are unacknowledged it waits, and if a fresh session
   * begins meanwhile it is not sent at all, because the opening covers it. Rejects with
   * ConnectionOver.
   */
  async send(message: JsonObject): Promise<void> {
    if (!this.#hasBegun || this.state === ConnectionState.CLOSED) {
      throw new ConnectionOver("The connection is not open.");
    }
    await this.#room.enter(message);
  }

  /** The next frame; null behind the last one. Rejects with CannotConnect. */
  receive(): Promise<JsonObject | Restarted | null> {
    return this.#arrivals.take();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JsonObject | Restarted, void, undefined> {
    for (let item = await this.receive(); item !== null; item = await this.receive()) yield item;
  }

  /** Ends the session for good and gives everything back. Idempotent. */
  async close(): Promise<void> {
    await this.#finish(null, "");
  }

  /** Drops the socket without a goodbye, as a failing network does. */
  cut(): void {
    this.#link.lose({ kind: "closed", code: 1006, reason: "cut" });
  }

  #socketOpened(): void {
    // One that comes back lives again when the server has said that it knows it.
    if (this.#session !== null) return;
    const isRestart = this.#hasBegun;
    this.#hasBegun = true;
    this.#session = new Session(this.#isResumable);
    this.#arrivals.begin(isRestart ? this.#restartReason : null);
    this.#link.settle();
    if (this.#begin(isRestart)) this.#announce();
  }

  /** Whether the opening has been said: one that throws ends it all. */
  #begin(isRestart: boolean): boolean {
    try {
      for (const message of this.#opening(isRestart)) this.#say(message);
      return true;
    } catch (error) {
      void this.#finish(asError(error), messageOf(error));
      return false;
    }
  }

  #resume(session: Session): void {
    this.#link.settle();
    for (const text of session.owed) this.#link.send(text);
    this.#announce();
  }

  #announce(): void {
    this.#link.announce();
    this.#opened.resolve(null);
  }

  get #hasRoom(): boolean {
    return (this.#session?.keptCharacters ?? 0) <= MOST_UNACKNOWLEDGED;
  }

  #say(message: JsonObject): void {
    // Between two sessions nothing is said: the next one's opening covers it.
    if (this.#session !== null) this.#link.send(this.#session.number(message));
  }

  #hear(data: string): void {
    const session = this.#session;
    if (session === null) return;
    const frame = readFrame(data);
    if (frame === null) {
      return this.#link.lose({ kind: "closed", code: 1007, reason: "not a JSON object" });
    }
    const heard = session.hear(frame);
    if (!this.#link.isSettled && heard.kind !== "resumed") {
      return this.#link.lose({ kind: "closed", code: 4404, reason: "not resumed" });
    }
    // First: a heartbeat that begins on a link that is not settled would be lost.
    if (heard.kind === "resumed") this.#resume(session);
    this.#link.proved(session.grant !== null);
    this.#sort(heard);
    this.#room.admit();
  }

  #sort(heard: Heard): void {
    switch (heard.kind) {
      case "frame":
        this.#errorId = errorIn(heard.frame) ?? this.#errorId;
        return this.#arrivals.put(heard.frame, heard.seq);
      case "heartbeat":
        return this.#link.answered(heard.id);
      case "gap":
        return this.#link.lose({ kind: "closed", code: 1006, reason: "frames were missing" });
      case "resumed":
      case "control":
        return;
    }
  }

  #judge(lost: Failure): Verdict {
    this.#arrivals.pause();
    const errorId = this.#errorId;
    this.#errorId = null;
    const failure = lost.kind === "closed" && errorId !== null ? { ...lost, errorId } : lost;
    if (failure.kind === "closed" && failure.code === NORMAL) {
      void this.#finish(null, failure.reason, NORMAL);
      return "over";
    }
    const isLost = isSessionLost(failure);
    const isKnown = this.#session !== null;
    if (!isLost && this.#link.isFatal(failure)) {
      this.#fail("The server cannot be used", failure);
      return "over";
    }
    if (isLost || this.#session?.grant === null) {
      // The next socket begins a fresh one.
      this.#session = null;
      this.#restartReason = describe(failure);
      this.#room.dismiss();
    }
    return isLost && isKnown ? "at once" : "again";
  }

  #fail(what: string, failure: Failure): void {
    const error = new CannotConnect(`${what}: ${describe(failure)}.`, failure);
    if (failure.kind === "closed") void this.#finish(error, failure.reason, failure.code);
    else void this.#finish(error, error.message);
  }

  #finish(error: Error | null, reason: string, code: number | null = null): Promise<void> {
    if (this.state === ConnectionState.CLOSED) return Promise.resolve();
    this.#closeCode = code;
    this.#closeReason = reason;
    // A session that its server still keeps for us is ended, too.
    const isKept = error === null && code === null && this.sessionId !== null;
    const stopped = this.#link.stop(error?.message ?? reason, isKept ? addressFor(this.#session, this.#url) : null);
    this.#opened.resolve(error ?? new ConnectionOver("The connection was closed."));
    this.#room.refuse(new ConnectionOver("The connection is over."));
    this.#arrivals.end(error);
    return stopped;
  }
}
