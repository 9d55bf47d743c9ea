/** What goes wrong between a client and its server, and what can be done about it. */

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
 * `closed`: a close code of RFC 6455 or of the server's own; 1006 where there was none.
 * `timeout`: an attempt or a heartbeat was not answered in time.
 */
export type Failure =
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string }
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

/** Whether it is of no use to try again; the default of `ConnectionOptions.isFatal`. */
export function isFatal(failure: Failure): boolean {
  switch (failure.kind) {
    case "refused":
      return FATAL_STATUS.has(failure.status) || (failure.status >= 300 && failure.status < 400);
    case "closed":
      return FATAL_CODES.has(failure.code);
    case "unreachable":
      return failure.isUntrusted === true;
    default:
      return false;
  }
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
