/** Promises that others keep. */

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

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
