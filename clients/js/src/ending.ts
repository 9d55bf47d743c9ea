/** How conversations and transcriptions end, as their owners are told. */
import { CannotConnect, ConnectionOver, ServerRefused } from "./failures.js";
import { messageOf } from "./later.js";

/** Who ended it, and how. */
export interface Ending {
  /** What the socket was closed with; null where it was lost, or never open. */
  readonly code: number | null;
  readonly reason: string;
  /** Who hung up; `failure` where something went wrong. */
  readonly by: "server" | "client" | "failure";
}

/** What the server said was wrong, before it closed. */
export interface Complaint {
  readonly code: number;
  readonly message: string;
  readonly errorType: string;
}

/**
 * @param isLeaving - whether the client hung up.
 * @param error - what the connection, or a device, failed with; null where the server closed.
 */
export function ending(
  isLeaving: boolean,
  error: unknown,
  complaint: { readonly message: string } | null,
  closed: { readonly closeCode: number | null; readonly closeReason: string },
): Ending {
  if (isLeaving) return { code: 1000, reason: "", by: "client" };
  if (error === null) {
    const reason = complaint?.message ?? closed.closeReason;
    return { code: closed.closeCode, reason, by: "server" };
  }
  const failure = error instanceof CannotConnect ? error.failure : null;
  const code = failure?.kind === "closed" ? failure.code : null;
  return { code, reason: complaint?.message ?? messageOf(error), by: "failure" };
}

/** What fails for whoever waits for something that the end has made impossible. */
export function endError(error: unknown, complaint: Complaint | null, ended: Ending): Error {
  if (complaint !== null) {
    return new ServerRefused(complaint.message, complaint.errorType, complaint.code);
  }
  if (error instanceof Error) return error;
  return new ConnectionOver(ended.reason === "" ? "it is over" : `it is over: ${ended.reason}`);
}
