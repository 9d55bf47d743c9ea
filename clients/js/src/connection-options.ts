import { BackoffLaw } from "./backoff.js";
import { type Clock, systemClock } from "./clock.js";
import { type Failure, isFatal } from "./failures.js";
import type { JsonObject } from "./json.js";
import type { Dial } from "./socket.js";
import { platform } from "#platform";

/**
 * What to say first in a fresh session. After a restart the server knows nothing of what was sent
 * before, and the connection sends none of it again: the opening says what is still owed.
 */
export type Opening = (isRestart: boolean) => readonly JsonObject[];

/** How a connection behaves; durations in seconds. */
export interface ConnectionOptions {
  /** Whether to ask for a session that outlives its socket (yes). */
  readonly resume?: boolean;
  readonly backoff?: BackoffLaw;
  /** Sent with every handshake where the platform can (browsers cannot). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Between two measures of the round trip (5). */
  readonly heartbeatS?: number;
  /** Silence after a beat at which the socket is dropped (5). */
  readonly heartbeatTimeoutS?: number;
  /** For `open`, however many attempts it takes (10); null leaves it to `backoff`. */
  readonly openWithinS?: number | null;
  /** For one attempt to connect (5). */
  readonly attemptTimeoutS?: number;
  /** Whether it is of no use to try again. */
  readonly isFatal?: (failure: Failure) => boolean;
  /** How sockets are opened; `dialWith` makes one of a WebSocket constructor. */
  readonly dial?: Dial;
  readonly clock?: Clock;
  /** Gives numbers from [0, 1). */
  readonly random?: () => number;
}

/** With the usual where nothing was given; undefined must not hide it. */
export function complete(options: ConnectionOptions): Required<ConnectionOptions> {
  return {
    resume: options.resume ?? true,
    backoff: options.backoff ?? new BackoffLaw(),
    headers: options.headers ?? {},
    heartbeatS: options.heartbeatS ?? 5,
    heartbeatTimeoutS: options.heartbeatTimeoutS ?? 5,
    openWithinS: options.openWithinS === undefined ? 10 : options.openWithinS,
    attemptTimeoutS: options.attemptTimeoutS ?? 5,
    isFatal: options.isFatal ?? isFatal,
    dial: options.dial ?? platform.dial,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}
