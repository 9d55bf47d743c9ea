/**
 * The audio thread's side of the browser's devices: what {@link WORKLET_TEXT} is made of, by
 * `npm run worklets`.
 */
import { CaptureCore } from "./capture-core.js";
import { PlaybackCore } from "./playback-core.js";
import {
  CAPTURE,
  PLAYBACK,
  type CaptureOptions,
  type PlaybackMessage,
  type PlaybackOptions,
} from "./worklet-messages.js";

// What the audio thread has, and TypeScript's DOM has not.
declare const sampleRate: number;
declare const currentTime: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #core: CaptureCore;
  #isOver = false;

  constructor({ processorOptions }: { processorOptions: CaptureOptions }) {
    super();
    this.#core = new CaptureCore(sampleRate, processorOptions.sampleRate, processorOptions.pieceMs);
    this.port.onmessage = () => {
      this.#isOver = true;
    };
  }

  process([channels = []]: Float32Array[][]): boolean {
    for (const piece of this.#core.process(channels)) {
      this.port.postMessage(piece, [piece.samples.buffer]);
    }
    return !this.#isOver;
  }
}

class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #core: PlaybackCore;
  #isOver = false;

  constructor({ processorOptions }: { processorOptions: PlaybackOptions }) {
    super();
    this.#core = new PlaybackCore(sampleRate, processorOptions.targetMs);
    this.port.onmessage = ({ data }: MessageEvent<PlaybackMessage>) => this.#heed(data);
  }

  process(_inputs: Float32Array[][], [channels = []]: Float32Array[][]): boolean {
    const [first, ...others] = channels;
    if (first === undefined) return !this.#isOver;
    const progress = this.#core.render(first);
    for (const other of others) other.set(first);
    if (progress !== null) {
      const atS = currentTime + first.length / sampleRate;
      this.port.postMessage({ ...progress, atS });
    }
    return !this.#isOver;
  }

  #heed(message: PlaybackMessage): void {
    switch (message.type) {
      case "push":
        return this.#core.push(message.samples, message.sampleRate, message.eventId);
      case "interrupt":
        return this.#core.interrupt(message.eventId);
      case "over":
        this.#isOver = true;
    }
  }
}

// A context that both devices share is given this twice, and a name can be taken once.
const scope = globalThis as { hasVivavoce?: true };
if (scope.hasVivavoce === undefined) {
  scope.hasVivavoce = true;
  registerProcessor(CAPTURE, CaptureProcessor);
  registerProcessor(PLAYBACK, PlaybackProcessor);
}
