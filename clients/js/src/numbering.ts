/** The numbers that let two sides find out what of their talk was lost with a socket. */
import type { JsonObject, JsonValue } from "./json.js";

/** What a frame turned out to be. */
export type Heard =
  /** For the owner; `seq` is null where frames are not numbered. */
  | { readonly kind: "frame"; readonly frame: JsonObject; readonly seq: number | null }
  /** Between the two ends alone. */
  | { readonly kind: "control"; readonly seq: number | null }
  /** The server has found the session again. */
  | { readonly kind: "resumed" }
  /** The answer to a heartbeat frame. */
  | { readonly kind: "heartbeat"; readonly id: number }
  /** Frames are missing before this one. */
  | { readonly kind: "gap" };

/** What a server tells of a session when it grants one. */
interface Grant {
  readonly id: string;
  readonly token: string;
}

interface Kept {
  readonly cseq: number;
  readonly text: string;
}

/**
 * One session as its client sees it: numbers what is sent and keeps it until it is acknowledged,
 * and lets every numbered frame in once. A plain object without I/O; a fresh session is a new one.
 */
export class Session {
  #grant: Grant | null = null;
  #isDecided: boolean;
  #lastSeq = 0;
  #lastCseq = 0;
  #kept: Kept[] = [];
  #keptCharacters = 0;

  /** @param isWanted - whether one that can be resumed was asked for. */
  constructor(isWanted = true) {
    this.#isDecided = !isWanted;
  }

  /** What to come back with; null while nothing was granted. */
  get grant(): Grant | null {
    return this.#grant;
  }

  /** The last number that came in without a gap. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Characters of the messages that are kept. */
  get keptCharacters(): number {
    return this.#keptCharacters;
  }

  /** The text of all messages that are kept, in order. */
  get owed(): readonly string[] {
    return this.#kept.map((one) => one.text);
  }

  /** The message as it is to be sent; kept, unless this server is known to grant no session. */
  number(message: JsonObject): string {
    if (this.#isDecided && this.#grant === null) return JSON.stringify(message);
    const cseq = ++this.#lastCseq;
    const text = JSON.stringify({ ...message, cseq });
    this.#kept.push({ cseq, text });
    this.#keptCharacters += text.length;
    return text;
  }

  /** One frame of the server. The owner's lack `seq`, `ack` and `session`. */
  hear(frame: JsonObject): Heard {
    this.#decide(frame["session"]);
    if (isCount(frame["ack"])) this.#acknowledged(frame["ack"]);
    const seq = isCount(frame["seq"]) && this.#grant !== null ? frame["seq"] : null;
    if (seq === null) return this.#unnumbered(frame);
    if (seq > this.#lastSeq + 1) return { kind: "gap" };
    if (seq <= this.#lastSeq) return { kind: "control", seq: null };
    this.#lastSeq = seq;
    if (frame["type"] === "session") return { kind: "control", seq };
    return { kind: "frame", frame: withoutNumbers(frame), seq };
  }

  #unnumbered(frame: JsonObject): Heard {
    if (this.#grant !== null) {
      if (frame["type"] === "session") return { kind: "resumed" };
      if (frame["type"] === "ack") return { kind: "control", seq: null };
      const id = frame["id"];
      if (frame["type"] === "heartbeat" && isCount(id)) return { kind: "heartbeat", id };
    }
    return { kind: "frame", frame, seq: null };
  }

  /** The first frame says whether this server grants sessions; one that does not gets no numbers. */
  #decide(offered: JsonValue | undefined): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#grant = readGrant(offered);
    if (this.#grant === null) this.#acknowledged(this.#lastCseq);
  }

  #acknowledged(upTo: number): void {
    const first = this.#kept.findIndex((one) => one.cseq > upTo);
    const done = this.#kept.splice(0, first < 0 ? this.#kept.length : first);
    for (const one of done) this.#keptCharacters -= one.text.length;
  }
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function readGrant(value: JsonValue | undefined): Grant | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { id, token } = value as JsonObject;
  return typeof id === "string" && typeof token === "string" ? { id, token } : null;
}

function withoutNumbers(frame: JsonObject): JsonObject {
  const { seq: _seq, ack: _ack, session: _session, ...rest } = frame;
  return rest;
}

/** Where `session` is resumed; without one that can be, where a fresh one is had, if it `isWanted`. */
export function addressFor(session: Session | null, base: URL, isWanted = true): string {
  const url = new URL(base);
  const grant = session?.grant ?? null;
  if (session === null || grant === null) {
    if (isWanted) url.searchParams.set("resume", "true");
  } else {
    url.searchParams.set("session", grant.id);
    url.searchParams.set("token", grant.token);
    url.searchParams.set("last_seq", String(session.lastSeq));
  }
  return url.href;
}

/** A frame as it came; null for what is not a JSON object. */
export function readFrame(data: string): JsonObject | null {
  try {
    const value = JSON.parse(data) as JsonValue;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}
