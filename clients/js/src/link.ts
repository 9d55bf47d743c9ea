/** One socket after the other. */
import { Outage } from "./backoff.js";
import type { Clock } from "./clock.js";
import { complete, type ConnectionOptions } from "./connection-options.js";
import { describe, type Failure } from "./failures.js";
import { Heartbeat } from "./heartbeat.js";
import { messageOf } from "./later.js";
import type { Socket, SocketListener } from "./socket.js";
import { StateBoard } from "./state-board.js";
import { ConnectionState } from "./states.js";

/** What is to be done about a loss. */
export type Verdict = "again" | "at once" | "over";

/** Whoever has something to say over the sockets. */
export interface LinkOwner {
  /** Where the next socket is to go. */
  address(): string;
  /** One has opened; the attempt has succeeded when `settle` is called. */
  opened(): void;
  text(data: string): void;
  /** One was lost, or could not be had. */
  judge(failure: Failure): Verdict;
  /** Time is up. */
  gaveUp(failure: Failure): void;
  /** The platform opens no socket there at all. */
  forbidden(failure: Failure): void;
  /** Whether heartbeats can go as frames: what to send. */
  heartbeatFrame(id: number): string;
}

// A goodbye that is not answered by then will not be, and a process must be able to end.
const GOODBYE_S = 2;
// A socket that stood for so long was no failed attempt.
const STEADY_S = 1;

/** Has a socket, or is about to: attempts, their spacing, heartbeats, and the end. */
export class Link {
  readonly board = new StateBoard();
  readonly #options: Required<ConnectionOptions>;
  readonly #outage: Outage;
  readonly #heartbeat: Heartbeat;
  #socket: Socket | null = null;
  #isSettled = false;
  #everSettled = false;
  #settledAt = 0;
  #cancelTimer: (() => void) | null = null;
  #onGoodbye: (() => void) | null = null;

  constructor(
    private readonly owner: LinkOwner,
    options: ConnectionOptions,
  ) {
    this.#options = complete(options);
    const { backoff, random, openWithinS } = this.#options;
    this.#outage = new Outage(backoff, random, openWithinS);
    this.#heartbeat = new Heartbeat(this.clock, {
      everyS: this.#options.heartbeatS,
      timeoutS: this.#options.heartbeatTimeoutS,
      beat: (id) => this.#beat(id),
      onDead: () => this.lose({ kind: "timeout", message: "the server fell silent" }),
    });
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get isFatal(): (failure: Failure) => boolean {
    return this.#options.isFatal;
  }

  /** Seconds; null before the first measure. */
  get roundTripS(): number | null {
    return this.#heartbeat.roundTripS;
  }

  get retries(): number {
    return this.#outage.retries;
  }

  /** Whether what is sent goes out now. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** The first attempt. */
  start(): void {
    this.#outage.begin(this.clock.now());
    this.#tell(ConnectionState.CONNECTING, null, "");
    this.#dial();
  }

  /** The socket is good; what is said from now on goes out. */
  settle(): void {
    this.#isSettled = this.#everSettled = true;
    this.#settledAt = this.clock.now();
    this.#outage.opened();
    this.#timer(null);
    if (this.#socket?.ping !== undefined) this.#heartbeat.start();
  }

  /** Tells the world so. */
  announce(): void {
    this.#tell(ConnectionState.OPEN, null, "");
  }

  /** The server has said something sensible: the outage is over, and it knows heartbeat frames or not. */
  proved(knowsHeartbeats: boolean): void {
    this.#outage.end();
    this.#heartbeat.heard();
    if (knowsHeartbeats) this.#heartbeat.start();
  }

  /** The answer to a heartbeat frame. */
  answered(id: number): void {
    this.#heartbeat.answered(id);
  }

  /** Sends; nothing happens while there is no settled socket. */
  send(text: string): void {
    if (this.#isSettled) this.#socket?.send(text);
  }

  /** Drops the socket, if there is one, and does what its owner wants done about it. */
  lose(failure: Failure): void {
    if (this.#socket === null) return;
    const wasSettled = this.#isSettled;
    this.#release()?.drop();
    const now = this.clock.now();
    if (wasSettled && now - this.#settledAt >= STEADY_S) this.#outage.end();
    const verdict = this.owner.judge(failure);
    if (verdict === "over") return;
    const delayS = this.#outage.failed(now, { isAttempt: !wasSettled });
    if (delayS === null) return this.owner.gaveUp(failure);
    this.#dialAfter(verdict === "at once" ? 0 : delayS, describe(failure));
  }

  /**
   * No socket any more, after a goodbye that is waited for a little.
   *
   * @param farewell - where to say it if there is no socket; null if nobody waits for it.
   */
  async stop(reason: string, farewell: string | null): Promise<void> {
    const wasSettled = this.#isSettled;
    const socket = this.#release();
    this.#tell(ConnectionState.CLOSED, null, reason);
    if (wasSettled && socket !== null) return this.#sayGoodbye(socket);
    socket?.drop();
    if (farewell === null) return;
    const { dial, headers } = this.#options;
    const last: Socket = dial(
      { url: farewell, headers },
      {
        opened: () => last.close(),
        text: () => undefined,
        pong: () => undefined,
        lost: () => this.#onGoodbye?.(),
      },
    );
    await this.#goodbye();
    last.drop();
  }

  async #sayGoodbye(socket: Socket): Promise<void> {
    socket.close();
    await this.#goodbye();
    socket.drop();
  }

  async #goodbye(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onGoodbye = resolve;
      this.#timer(GOODBYE_S, resolve);
    });
    this.#timer(null);
  }

  #dialAfter(delayS: number, reason: string): void {
    const { CONNECTING, RECONNECTING } = ConnectionState;
    this.#timer(delayS, () => this.#dial());
    this.#tell(this.#everSettled ? RECONNECTING : CONNECTING, delayS, reason);
  }

  #dial(): void {
    const { dial, headers, attemptTimeoutS } = this.#options;
    let isCurrent = true;
    let socket: Socket | null = null;
    const ifCurrent = (action: () => void): void => {
      isCurrent &&= socket === this.#socket;
      if (isCurrent) action();
    };
    const listener: SocketListener = {
      opened: () => ifCurrent(() => this.owner.opened()),
      text: (data) => ifCurrent(() => this.owner.text(data)),
      pong: () => ifCurrent(() => this.#heartbeat.answered()),
      lost: (failure) => {
        ifCurrent(() => this.lose(failure));
        this.#onGoodbye?.();
      },
    };
    this.#timer(attemptTimeoutS, () =>
      this.lose({ kind: "timeout", message: "the attempt to connect took too long" }),
    );
    try {
      socket = this.#socket = dial({ url: this.owner.address(), headers }, listener);
    } catch (error) {
      // A page's policy, a scheme that is none: no later attempt would do better.
      this.owner.forbidden({ kind: "unreachable", message: messageOf(error) });
    }
  }

  #release(): Socket | null {
    const socket = this.#socket;
    this.#socket = null;
    this.#isSettled = false;
    this.#heartbeat.stop();
    this.#timer(null);
    return socket;
  }

  #beat(id: number): void {
    if (this.#socket?.ping !== undefined) this.#socket.ping();
    else this.send(this.owner.heartbeatFrame(id));
  }

  #timer(delayS: number | null, action: () => void = () => undefined): void {
    this.#cancelTimer?.();
    this.#cancelTimer = delayS === null ? null : this.clock.schedule(delayS, action);
  }

  #tell(state: ConnectionState, delayS: number | null, reason: string): void {
    this.board.tell({ state, retries: this.#outage.retries, delayS, reason });
  }
}
