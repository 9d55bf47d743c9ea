/** Where a connection stands. */
export const ConnectionState = {
  IDLE: "idle",
  CONNECTING: "connecting",
  OPEN: "open",
  RECONNECTING: "reconnecting",
  CLOSED: "closed",
} as const;

/** One of {@link ConnectionState}'s values. */
export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState];

/** What listeners of `onState` are told. */
export interface StateChange {
  readonly state: ConnectionState;
  /** Attempts that have failed in this outage; in the state `open`, those that it took. */
  readonly retries: number;
  /** Seconds until the next attempt; null while none is planned. */
  readonly delayS: number | null;
  /** Why, for people; empty where nothing is wrong. */
  readonly reason: string;
}

/** A new session has begun: what the server had not said yet is lost, what was sent is forgotten. */
export class Restarted {
  constructor(readonly reason: string) {}
}
