/** Node: `ws`, which can send headers, measure a round trip, and hang up without a goodbye. */
import { WebSocket } from "ws";

import type { Failure } from "./failures.js";
import type { Platform } from "./platform.js";
import type { Dial } from "./socket.js";

const dial: Dial = ({ url, headers }, listener) => {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  let hasOpened = false;
  let failure: Failure = { kind: "unreachable", message: "the server could not be reached" };
  const silence = (): void => {
    socket.removeAllListeners();
    socket.on("error", () => undefined);
  };
  socket.on("open", () => {
    hasOpened = true;
    listener.opened();
  });
  socket.on("message", (data) => listener.text(data.toString()));
  socket.on("pong", () => listener.pong());
  socket.on("error", (error: NodeJS.ErrnoException) => {
    failure = unreachable(error);
  });
  socket.on("unexpected-response", (request, response) => {
    failure = { kind: "refused", status: response.statusCode ?? 0 };
    silence();
    request.destroy();
    listener.lost(failure);
  });
  socket.on("close", (code, reason) => {
    silence();
    const closed: Failure = { kind: "closed", code, reason: reason.toString() };
    listener.lost(hasOpened ? closed : failure);
  });
  return {
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    close: () => socket.close(1000),
    drop: () => {
      silence();
      socket.terminate();
    },
  };
};

// Node's names for what is wrong with a certificate.
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Why there was no handshake, by the code of its error. */
export function unreachable({ code = "" }: { readonly code?: string }): Failure {
  const message = code === "" ? "the handshake failed" : code;
  return { kind: "unreachable", message, isUntrusted: UNTRUSTED.test(code) };
}

export const platform: Platform = {
  dial,
  hasHeaders: true,
  environment: (name) => process.env[name],
};
