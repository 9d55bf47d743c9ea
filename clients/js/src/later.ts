/** Promises that others keep, and errors that others throw. */
import { VivavoceError } from "./failures.js";

export interface Later<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** The standard's `Promise.withResolvers`, which Node 20 does not have. */
export function later<Value>(): Later<Value> {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((kept) => {
    resolve = kept;
  });
  return { promise, resolve };
}

/** As an error, whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new VivavoceError(String(thrown));
}

/** Has an error surface as one that nobody has caught, and nothing else fail by it. */
export function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
