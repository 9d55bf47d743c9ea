// Somebody who calls with this repository's own package, as its source and sink: says one line after
// the other, each a WAV file at 16 kHz, when the agent has answered the one before, or while it
// answers, if the path begins with "!". What sounded is `heard`, in 16-bit PCM.
import { readFileSync } from "node:fs";

const HEADER_BYTES = 44;
const PIECE_MS = 40;
const PAUSE_MS = 800;
const PATIENCE_MS = 2000;

export class Caller {
  /** Where in `heard` an interruption has cut, in bytes. */
  cuts = [];
  /** Called with the number of the line that begins. */
  onLine = () => {};
  #lines;
  #line = -1;
  #said = new Int16Array(0);
  #pieces = [];
  #givenS = 0;
  #perMs = 0;
  #turnBeganAt = null;
  #silentFrom = 0;
  #timer;

  constructor(lines) {
    this.#lines = [...lines];
    this.source = { start: (rate, deliver) => this.#listen(rate, deliver), release: () => this.#stop() };
    const caller = this;
    this.sink = {
      start: async (rate) => void (this.#perMs = rate / 1000),
      play: (samples, eventId) => this.#play(samples, eventId),
      interrupt: (eventId) => this.#interrupt(eventId),
      clear: () => this.#interrupt(Infinity),
      drained: () => new Promise((resolve) => setTimeout(resolve, this.#silentFrom - performance.now())),
      release: async () => {},
      get playedS() {
        return caller.#givenS - this.queuedS;
      },
      get queuedS() {
        return Math.max(0, caller.#silentFrom - performance.now()) / 1000;
      },
    };
  }

  get heard() {
    return Buffer.concat(this.#pieces.map(({ samples }) => Buffer.from(samples.buffer, 0, samples.byteLength)));
  }

  async #listen(rate, deliver) {
    const length = (rate * PIECE_MS) / 1000;
    const beganAt = performance.now();
    let count = 0;
    const tick = () => {
      deliver(this.#piece(length));
      count += 1;
      this.#timer = setTimeout(tick, beganAt + (count + 1) * PIECE_MS - performance.now());
    };
    this.#timer = setTimeout(tick, PIECE_MS);
  }

  async #stop() {
    clearTimeout(this.#timer);
  }

  #play(samples, eventId) {
    const from = this.#givenS;
    const startsAt = Math.max(performance.now(), this.#silentFrom);
    this.#turnBeganAt ??= startsAt;
    this.#pieces.push({ startsAt, samples, eventId });
    this.#silentFrom = startsAt + samples.length / this.#perMs;
    this.#givenS += samples.length / this.#perMs / 1000;
    return from;
  }

  #interrupt(upTo) {
    const now = performance.now();
    this.#pieces = this.#pieces.map(({ startsAt, samples, eventId }) => {
      const count = eventId > upTo ? samples.length : Math.max(0, Math.floor((now - startsAt) * this.#perMs));
      return { startsAt, samples: samples.slice(0, count), eventId };
    });
    this.#silentFrom = Math.min(this.#silentFrom, now);
    this.#turnBeganAt = null;
    this.cuts.push(this.heard.length);
  }

  #piece(length) {
    if (this.#said.length === 0 && this.#lines.length > 0 && this.#begins(performance.now())) {
      const file = readFileSync(this.#lines.shift().replace(/^!/, ""));
      this.#said = new Int16Array(Uint8Array.from(file.subarray(HEADER_BYTES)).buffer);
      this.#turnBeganAt = null;
      this.#line += 1;
      this.onLine(this.#line);
    }
    const piece = new Int16Array(length);
    piece.set(this.#said.subarray(0, length));
    this.#said = this.#said.subarray(length);
    return piece;
  }

  #begins(now) {
    if (this.#turnBeganAt === null) return false;
    if (this.#lines[0].startsWith("!")) return now >= this.#turnBeganAt + PATIENCE_MS;
    return now >= this.#silentFrom + PAUSE_MS;
  }
}
