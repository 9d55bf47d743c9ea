/** Browsers, and whatever else has the standard's WebSocket alone. */
import type { Platform } from "./platform.js";
import { dialWith } from "./socket.js";

export const platform: Platform = {
  dial: (address, listener) => dialWith(WebSocket)(address, listener),
  hasHeaders: false,
  environment: () => undefined,
};
