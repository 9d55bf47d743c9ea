/** A server of sessions as the protocol has them, over real sockets, which cuts as it is told. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

export type Frame = Record<string, unknown>;

/** What one client of a fake server is to it. */
export class FakeSession {
  readonly id = `s${Math.random().toString(36).slice(2)}`;
  readonly token = `t${Math.random().toString(36).slice(2)}`;
  /** Texts of the frames sent, whose number is their place plus one. */
  readonly ledger: string[] = [];
  /** Messages of the client, each once, without their numbers. */
  readonly heard: Frame[] = [];
  /** How often the same message came again. */
  duplicates = 0;
  /** How often a number was left out. */
  gaps = 0;
  acknowledged = 0;
  lastCseq = 0;
  isOver = false;
  socket: WebSocket | null = null;

  constructor(
    private readonly server: FakeServer,
    readonly query: URLSearchParams,
    readonly grants: boolean,
  ) {}

  /** Says something that counts. */
  say(frame: Frame): void {
    const text = this.grants
      ? JSON.stringify({ ...frame, seq: this.ledger.length + 1, ack: this.lastCseq })
      : JSON.stringify(frame);
    this.ledger.push(text);
    this.send(text);
  }

  send(text: string): void {
    this.socket?.send(text);
    this.server.afterFrame(this);
  }

  hear(text: string): void {
    const { cseq, ...message } = JSON.parse(text) as Frame;
    if (this.grants && message["type"] === "heartbeat") {
      this.send(JSON.stringify(message));
      return;
    }
    if (this.grants && message["type"] === "ack") {
      this.acknowledged = Number(message["ack"]);
      return;
    }
    if (this.grants) {
      if (Number(cseq) <= this.lastCseq) {
        this.duplicates += 1;
        return;
      }
      if (Number(cseq) !== this.lastCseq + 1) this.gaps += 1;
      this.lastCseq = Number(cseq);
    }
    this.heard.push(message);
    this.server.onMessage(this, message);
  }

  attach(socket: WebSocket): void {
    this.socket?.close(4409, "another connection");
    this.socket = socket;
    socket.on("message", (data) => {
      if (this.socket === socket) this.hear(data.toString());
    });
    socket.on("close", (code) => {
      if (this.socket === socket) this.socket = null;
      // 1005: a close frame without a code.
      if (code === 1000 || code === 1005) this.isOver = true;
    });
  }

  /** The network fails. */
  cut(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.terminate();
  }
}

export interface FakeServerOptions {
  /** Whether sessions are granted; a server of the cloud's kind grants none. */
  readonly grants?: boolean;
  /** Inside which frame the grant goes; without one it gets a frame of its own. */
  readonly grantFrame?: Frame;
  readonly onMessage?: (session: FakeSession, message: Frame) => void;
  /** Called after every frame of the server. */
  readonly afterFrame?: (session: FakeSession) => void;
  readonly onOpen?: (session: FakeSession) => void;
}

export class FakeServer {
  readonly sessions: FakeSession[] = [];
  readonly handshakes: IncomingMessage[] = [];
  /** What becomes of the next handshakes instead of being served. */
  readonly refusals: (number | "reset" | { readonly status: number })[] = [];
  readonly #server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    verifyClient: (info, done) => this.#admit(info.req, done),
  });

  constructor(private readonly options: FakeServerOptions = {}) {
    this.#server.on("connection", (socket, request) => this.#serve(socket, request));
  }

  /** Ready to be dialled; with the port it has. */
  static async start(options: FakeServerOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/v1/test`;
  }

  get last(): FakeSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error("nobody came");
    return session;
  }

  onMessage(session: FakeSession, message: Frame): void {
    this.options.onMessage?.(session, message);
  }

  afterFrame(session: FakeSession): void {
    this.options.afterFrame?.(session);
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #admit(request: IncomingMessage, done: (ok: boolean, status?: number) => void): void {
    this.handshakes.push(request);
    const refusal = this.refusals[0];
    if (refusal === "reset") {
      this.refusals.shift();
      request.socket.destroy();
    } else if (typeof refusal === "object") {
      this.refusals.shift();
      done(false, refusal.status);
    } else {
      done(true);
    }
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const refusal = this.refusals.shift();
    if (typeof refusal === "number") return socket.close(refusal, "refused");
    const query = new URL(request.url ?? "/", "ws://host").searchParams;
    if (query.has("session")) this.#resume(socket, query);
    else this.#begin(socket, query);
  }

  #begin(socket: WebSocket, query: URLSearchParams): void {
    const { grants = true, grantFrame } = this.options;
    const session = new FakeSession(this, query, grants && query.get("resume") === "true");
    this.sessions.push(session);
    session.attach(socket);
    const grant = { session: { id: session.id, token: session.token, window_ms: 30000 } };
    if (session.grants) session.say({ ...(grantFrame ?? { type: "session" }), ...grant });
    this.options.onOpen?.(session);
  }

  #resume(socket: WebSocket, query: URLSearchParams): void {
    const session = this.sessions.find((one) => one.id === query.get("session"));
    if (session === undefined || session.isOver) return socket.close(4404, "session_not_found");
    if (session.token !== query.get("token")) return socket.close(4403, "wrong token");
    session.attach(socket);
    socket.send(JSON.stringify({ type: "session", resumed: true, ack: session.lastCseq }));
    for (const text of session.ledger.slice(Number(query.get("last_seq")))) session.send(text);
  }
}

/** Waits until `condition` holds; fails when it never does. */
export async function until(condition: () => boolean, what = "it never came to hold"): Promise<void> {
  for (let i = 0; i < 2000; i += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(what);
}

/** Numbers from [0, 1) that are the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
