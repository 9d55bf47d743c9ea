// Somebody on the telephone, as the SDK's audio interface: says one line after the other, each a WAV
// file at 16 kHz, when the agent has answered the one before, or while it answers, if the path
// begins with "!". What sounded is `heard`, in 16-bit PCM.
import { readFileSync } from "node:fs";
import conversing from "@elevenlabs/elevenlabs-js/api/resources/conversationalAi/conversation/index.js";

const HEADER_BYTES = 44;
const BYTES_PER_MS = 32;
const FRAME_MS = 250;
const PAUSE_MS = 800;
const PATIENCE_MS = 2000;

export class Telephone extends conversing.AudioInterface {
  cuts = [];
  #lines;
  #said = Buffer.alloc(0);
  #pieces = [];
  #turnBeganAt = null;
  #silentFrom = 0;
  #timer = null;

  constructor(lines) {
    super();
    this.#lines = [...lines];
  }

  get heard() {
    return Buffer.concat(this.#pieces.map(({ pcm }) => pcm));
  }

  start(inputCallback) {
    const beganAt = performance.now();
    let count = 0;
    const tick = () => {
      inputCallback(this.#frame());
      count += 1;
      this.#timer = setTimeout(tick, beganAt + (count + 1) * FRAME_MS - performance.now());
    };
    this.#timer = setTimeout(tick, FRAME_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  output(pcm) {
    const startsAt = Math.max(performance.now(), this.#silentFrom);
    this.#turnBeganAt ??= startsAt;
    this.#pieces.push({ startsAt, pcm });
    this.#silentFrom = startsAt + pcm.length / BYTES_PER_MS;
  }

  interrupt() {
    const now = performance.now();
    this.#pieces = this.#pieces.map(({ startsAt, pcm }) => {
      const bytes = 2 * Math.floor(((now - startsAt) * BYTES_PER_MS) / 2);
      return { startsAt, pcm: pcm.subarray(0, Math.max(0, bytes)) };
    });
    this.#silentFrom = Math.min(this.#silentFrom, now);
    this.#turnBeganAt = null;
    this.cuts.push(this.heard.length);
  }

  #frame() {
    if (this.#said.length === 0 && this.#lines.length > 0 && this.#begins(performance.now())) {
      this.#said = readFileSync(this.#lines.shift().replace(/^!/, "")).subarray(HEADER_BYTES);
      this.#turnBeganAt = null;
    }
    const frame = Buffer.alloc(FRAME_MS * BYTES_PER_MS);
    this.#said.copy(frame);
    this.#said = this.#said.subarray(frame.length);
    return frame;
  }

  #begins(now) {
    if (this.#turnBeganAt === null) return false;
    if (this.#lines[0].startsWith("!")) return now >= this.#turnBeganAt + PATIENCE_MS;
    return now >= this.#silentFrom + PAUSE_MS;
  }
}
