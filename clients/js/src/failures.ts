/** What goes wrong between a client and its server, and what can be done about it. */
import type { JsonObject } from "./json.js";

/** Root of all errors of this package. */
export class VivavoceError extends Error {
  override readonly name: string = "VivavoceError";
}

/** The server cannot be reached, or refuses; what was tried last is in `failure`. */
export class CannotConnect extends VivavoceError {
  override readonly name = "CannotConnect";

  constructor(
    message: string,
    readonly failure: Failure,
  ) {
    super(message);
  }
}

/** Nothing can be sent any more, or not yet. */
export class ConnectionOver extends VivavoceError {
  override readonly name = "ConnectionOver";
}

/** What the server says was wrong with a request. */
export class ServerRefused extends VivavoceError {
  override readonly name = "ServerRefused";

  constructor(
    message: string,
    /** The server's name for it, as in `invalid_api_key`. */
    readonly error: string,
    /** A WebSocket close code. */
    readonly code: number,
  ) {
    super(message);
  }
}

/**
 * Why a socket could not be had, or was lost.
 *
 * `refused`: an HTTP answer in place of the handshake's (browsers do not tell: `closed`, 1006 there).
 * `unreachable`: no answer at all; `isUntrusted` where its certificate was not accepted.
 * `closed`: a close code of RFC 6455 or of the server's own, 1006 where there was none; `errorId` is
 * what the server's last message before it called an error.
 * `timeout`: an attempt or a heartbeat was not answered in time.
 */
export type Failure =
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string; readonly errorId?: string }
  | { readonly kind: "unreachable"; readonly message: string; readonly isUntrusted?: boolean }
  | { readonly kind: "timeout"; readonly message: string };

/** Nobody will be let in, or understood, at the second attempt either; redirects take no key along. */
const FATAL_STATUS: ReadonlySet<number> = new Set([400, 401, 403, 404]);
/** 4409: another connection has taken the session over. */
const FATAL_CODES: ReadonlySet<number> = new Set([
  1002, 1003, 1007, 1008, 1009, 1010, 4409,
]);
/** Wrong token; unknown or expired session; more was missed than the server keeps. */
const LOST_CODES: ReadonlySet<number> = new Set([4403, 4404, 4410]);

/** What servers call it before they close, mostly with 1008, which else means a refusal for good. */
const PASSING_ERRORS: ReadonlySet<string> = new Set([
  "input_timeout_exceeded",
  "max_active_conversations",
  "rate_limit_exceeded",
  "rate_limited",
  "concurrent_limit_exceeded",
  "too_many_concurrent_requests",
  "system_busy",
  "resource_exhausted",
  "queue_overflow",
  "session_time_limit_exceeded",
  "insufficient_audio_activity",
  "slow_reader",
]);
const LASTING_ERRORS: ReadonlySet<string> = new Set([
  "authentication_required",
  "auth_error",
  "invalid_api_key",
  "missing_permissions",
  "quota_exceeded",
  "detected_unusual_activity",
  "unaccepted_terms",
  "invalid_request",
]);

/** Whether it is of no use to try again; the default of `ConnectionOptions.isFatal`. */
export function isFatal(failure: Failure): boolean {
  switch (failure.kind) {
    case "refused":
      return FATAL_STATUS.has(failure.status) || (failure.status >= 300 && failure.status < 400);
    case "closed":
      return isClosedForGood(failure.code, failure.errorId ?? "");
    case "unreachable":
      return failure.isUntrusted === true;
    default:
      return false;
  }
}

/** What a server calls its error goes before the code: a limit is not for good. */
function isClosedForGood(code: number, errorId: string): boolean {
  if (PASSING_ERRORS.has(errorId)) return false;
  return FATAL_CODES.has(code) || (code !== 1006 && LASTING_ERRORS.has(errorId));
}

/** What a server's message says has gone wrong, by the name that its protocol has for it. */
export function errorIn(message: JsonObject): string | null {
  if (typeof message.error === "string") {
    if (typeof message.message_type === "string") return message.message_type;
    return "message" in message ? message.error : null;
  }
  const event = message.type === "error" ? message.error_event : null;
  if (event === null || typeof event !== "object" || Array.isArray(event)) return null;
  const kind = (event as JsonObject).error_type;
  return typeof kind === "string" ? kind : null;
}

/** Whether the session cannot be resumed, and a fresh one has to begin. */
export function isSessionLost(failure: Failure): boolean {
  return failure.kind === "closed" && LOST_CODES.has(failure.code);
}

/** For people; without anything secret. */
export function describe(failure: Failure): string {
  switch (failure.kind) {
    case "refused":
      return `the server answered with HTTP ${failure.status}`;
    case "closed":
      return `the connection was closed with ${failure.code}${failure.reason && ` (${failure.reason})`}`;
    default:
      return failure.message;
  }
}
