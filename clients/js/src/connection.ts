/** A connection that outlives its sockets. */
import type { ConnectionOptions } from "./connection-options.js";
import {
  CannotConnect,
  ConnectionOver,
  describe,
  type Failure,
  isSessionLost,
  VivavoceError,
} from "./failures.js";
import { Inbox } from "./inbox.js";
import type { JsonObject } from "./json.js";
import { Link, type Verdict } from "./link.js";
import { addressFor, type Heard, readFrame, Session } from "./numbering.js";
import { Receipts } from "./receipts.js";
import { ConnectionState, Restarted, type StateChange } from "./states.js";
import { WaitingRoom } from "./waiting-room.js";

export type { ConnectionOptions } from "./connection-options.js";

/**
 * What to say first in a fresh session. After a restart the server knows nothing of what was sent
 * before, and the connection sends none of it again: the opening says what is still owed.
 */
export type Opening = (isRestart: boolean) => readonly JsonObject[];

interface Arrival {
  readonly item: JsonObject | Restarted;
  readonly seq: number | null;
}

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
  readonly #link: Link;
  readonly #receipts: Receipts;
  readonly #inbox = new Inbox<Arrival>();
  readonly #room = new WaitingRoom(
    () => (this.#session?.keptCharacters ?? 0) <= MOST_UNACKNOWLEDGED,
    (message) => this.#say(message),
  );
  #session: Session | null = null;
  #hasBegun = false;
  #restartReason = "";
  #opened: { resolve: () => void; reject: (error: Error) => void } | null = null;
  #closeCode: number | null = null;
  #closeReason = "";

  /**
   * @param url - ws or wss; its query goes with every handshake.
   * @throws TypeError for what is no URL.
   */
  constructor(url: string | URL, opening: Opening, options: ConnectionOptions = {}) {
    this.#url = new URL(url);
    this.#opening = opening;
    this.#link = new Link(
      {
        address: () => addressFor(this.#session, this.#url),
        opened: () => this.#socketOpened(),
        text: (data) => this.#hear(data),
        judge: (failure) => this.#judge(failure),
        gaveUp: (failure) => this.#fail("The server stayed away for too long", failure),
        heartbeatFrame: (id) => JSON.stringify({ type: "heartbeat", id }),
      },
      options,
    );
    this.#receipts = new Receipts(this.#link.clock, (ack) =>
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
  open(): Promise<void> {
    if (this.state !== ConnectionState.IDLE) {
      return Promise.reject(new ConnectionOver("A connection is opened once."));
    }
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      this.#link.start();
    });
  }

  /**
   * Sends a message, or keeps it until there is a socket again. It has its place in the order when
   * this returns; only while more than 4 MiB are unacknowledged it waits, and if a fresh session
   * begins meanwhile it is not sent at all, because the opening covers it. Rejects with
   * ConnectionOver.
   */
  send(message: JsonObject): Promise<void> {
    if (!this.#hasBegun || this.state === ConnectionState.CLOSED) {
      return Promise.reject(new ConnectionOver("The connection is not open."));
    }
    return this.#room.enter(message);
  }

  /** The next frame; null behind the last one. Rejects with CannotConnect. */
  async receive(): Promise<JsonObject | Restarted | null> {
    const arrival = await this.#inbox.take();
    if (arrival === null) return null;
    if (arrival.seq !== null) this.#receipts.taken(arrival.seq);
    return arrival.item;
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
    this.#session = new Session();
    this.#receipts.reset();
    if (isRestart) {
      // The opening knows of what was taken; the rest would be said twice.
      this.#inbox.clear();
      this.#inbox.put({ item: new Restarted(this.#restartReason), seq: null });
    }
    this.#link.settle();
    for (const message of this.#opening(isRestart)) this.#say(message);
    this.#announce();
  }

  #resume(session: Session): void {
    this.#link.settle();
    for (const text of session.owed) this.#link.send(text);
    this.#announce();
  }

  #announce(): void {
    this.#link.announce();
    this.#opened?.resolve();
    this.#opened = null;
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
    this.#link.proved(session.grant !== null);
    this.#sort(heard, session);
    this.#room.admit();
  }

  #sort(heard: Heard, session: Session): void {
    switch (heard.kind) {
      case "resumed":
        return this.#resume(session);
      case "frame":
        return this.#inbox.put({ item: heard.frame, seq: heard.seq });
      case "heartbeat":
        return this.#link.answered(heard.id);
      case "gap":
        return this.#link.lose({ kind: "closed", code: 1006, reason: "frames were missing" });
      case "control":
        return;
    }
  }

  #judge(failure: Failure): Verdict {
    this.#receipts.stop();
    const { kind } = failure;
    if (kind === "closed" && failure.code === NORMAL) {
      void this.#finish(null, failure.reason, NORMAL);
      return "over";
    }
    const isLost = isSessionLost(failure);
    const isKnown = this.#session !== null;
    if (!isLost && this.#link.isFatal(failure)) {
      this.#fail("The server cannot be used", failure);
      return "over";
    }
    if (isLost || this.#session?.grant === null) this.#forget(failure);
    return isLost && isKnown ? "at once" : "again";
  }

  /** The session is lost; the next socket begins a fresh one. */
  #forget(failure: Failure): void {
    this.#session = null;
    this.#restartReason = describe(failure);
    this.#room.dismiss();
  }

  #fail(what: string, failure: Failure): void {
    const error = new CannotConnect(`${what}: ${describe(failure)}.`, failure);
    const [code, reason] =
      failure.kind === "closed" ? [failure.code, failure.reason] : [null, error.message];
    void this.#finish(error, reason, code);
  }

  #finish(error: VivavoceError | null, reason: string, code: number | null = null): Promise<void> {
    if (this.state === ConnectionState.CLOSED) return Promise.resolve();
    this.#closeCode = code;
    this.#closeReason = reason;
    this.#receipts.stop();
    // A session that its server still keeps for us is ended, too.
    const isKept = error === null && code === null && this.sessionId !== null;
    const stopped = this.#link.stop(error?.message ?? reason, isKept ? addressFor(this.#session, this.#url) : null);
    this.#opened?.reject(error ?? new ConnectionOver("The connection was closed."));
    this.#opened = null;
    this.#room.refuse(new ConnectionOver("The connection is over."));
    this.#inbox.end(error);
    return stopped;
  }
}
