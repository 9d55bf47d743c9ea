/** What a connection needs of a WebSocket, whichever the platform has. */
import type { Failure } from "./failures.js";

/** A socket that is open. */
export interface Socket {
  send(text: string): void;
  /** Asks for a pong; absent where the platform has none. */
  ping?(): void;
  /** Says goodbye, which ends the session; `lost` follows when the other side has answered. */
  close(): void;
  /** Leaves without a goodbye: the session may be resumed. Nothing is told to the listener any more. */
  drop(): void;
}

/** What becomes of a socket: `opened` or `lost` first, and nothing after `lost`. */
export interface SocketListener {
  opened(): void;
  text(data: string): void;
  pong(): void;
  lost(failure: Failure): void;
}

/** Where to go, and as whom. */
export interface Address {
  readonly url: string;
  /** Only where the platform can send any. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens a socket; `drop` may be called before it has opened. */
export type Dial = (address: Address, listener: SocketListener) => Socket;

/** The part of the standard's WebSocket that is used. */
export interface StandardWebSocket {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

// Of the range for applications; 1000 or none would end the session.
const CUT = 4000;

/** Opens sockets with a constructor as browsers have it: it takes no headers and sends no pings. */
export function dialWith(Constructor: new (url: string) => StandardWebSocket): Dial {
  return ({ url }, listener) => {
    const socket = new Constructor(url);
    const silence = (): void => {
      // An `error` without a listener ends a Node process, so that one stays.
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.onerror = () => undefined;
    };
    socket.onopen = () => listener.opened();
    socket.onmessage = (event: { data: unknown }) => listener.text(String(event.data));
    socket.onerror = () => undefined;
    socket.onclose = (event: { code: number; reason: string }) => {
      silence();
      listener.lost({ kind: "closed", code: event.code, reason: event.reason });
    };
    return {
      send: (text) => socket.send(text),
      close: () => socket.close(1000),
      drop: () => {
        silence();
        socket.close(CUT, "cut");
      },
    };
  };
}
