/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** One message of either side. */
export type JsonObject = { readonly [key: string]: JsonValue };
