// What holds where nothing is said, as one JSON object.
import { AudioBuffer, BackoffLaw, ConnectionState, isFatal, isSessionLost } from "vivavoce";

const inside = new URL("./node_modules/vivavoce/dist/connection-options.js", import.meta.url);
const { complete } = await import(inside.href);
const range = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);
const codes = [...range(1001, 1016), ...range(4400, 4420)];
const closed = (code) => ({ kind: "closed", code, reason: "" });
const refused = (status) => ({ kind: "refused", status });
const { resume, openWithinS, attemptTimeoutS, heartbeatS, heartbeatTimeoutS } = complete({});

console.log(
  JSON.stringify({
    connection: { resume, openWithinS, attemptTimeoutS, heartbeatS, heartbeatTimeoutS },
    backoff: { ...new BackoffLaw() },
    states: ConnectionState,
    bufferBytes: new AudioBuffer().maxSize,
    fatalCodes: codes.filter((code) => isFatal(closed(code))),
    fatalStatuses: range(300, 600).filter((status) => isFatal(refused(status))),
    lostCodes: codes.filter((code) => isSessionLost(closed(code))),
  }),
);
