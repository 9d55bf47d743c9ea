import type { Dial } from "./socket.js";

/** What differs between browsers and Node. */
export interface Platform {
  readonly dial: Dial;
  /** Whether handshakes can carry headers. */
  readonly hasHeaders: boolean;
  /** The value of an environment variable, where there are any. */
  environment(name: string): string | undefined;
}
