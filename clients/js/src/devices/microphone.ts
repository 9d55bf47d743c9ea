import { openContext, type ContextOptions, type OpenContext } from "./audio-context.js";
import type { CapturedPiece } from "./capture-core.js";
import type { AudioSource, Level } from "./sound.js";
import { CAPTURE, type CaptureOptions } from "./worklet-messages.js";

// As ElevenLabs' SDKs do for a browser's calls, more or less: 25 ms there.
const PIECE_MS = 40;
const LEAST_PIECE_MS = 20;
const MOST_PIECE_MS = 100;

export interface MicrophoneOptions extends ContextOptions {
  /** These three are on unless told otherwise. */
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
  /** Of `navigator.mediaDevices.enumerateDevices()`; the usual one without it. */
  readonly deviceId?: string;
  /** How long a piece is, 20 to 100 ms. */
  readonly pieceMs?: number;
}

/**
 * The browser's microphone. `open` asks for the permission, which pages have on `localhost` and over
 * `https` only; it rejects with the browser's NotAllowedError or NotFoundError.
 */
export class Microphone implements AudioSource {
  readonly #options: MicrophoneOptions;
  readonly #pieceMs: number;
  readonly #levels = new Set<(level: Level) => void>();
  #opened: Promise<Opened> | null = null;
  #node: AudioWorkletNode | null = null;

  /** @throws RangeError for pieces that are too short or too long. */
  constructor(options: MicrophoneOptions = {}) {
    this.#options = options;
    this.#pieceMs = options.pieceMs ?? PIECE_MS;
    if (!(this.#pieceMs >= LEAST_PIECE_MS && this.#pieceMs <= MOST_PIECE_MS)) {
      throw new RangeError(`pieces have ${LEAST_PIECE_MS} to ${MOST_PIECE_MS} ms`);
    }
  }

  /** What the browser made of the wishes; null while it is not open. */
  async settings(): Promise<MediaTrackSettings | null> {
    const opened = await this.#opened;
    return opened?.stream.getAudioTracks()[0]?.getSettings() ?? null;
  }

  /** Calls `listener` with the level of each piece; gives the way off. */
  onLevel(listener: (level: Level) => void): () => void {
    this.#levels.add(listener);
    return () => void this.#levels.delete(listener);
  }

  async open(): Promise<void> {
    this.#opened ??= this.#get();
    try {
      await this.#opened;
    } catch (error) {
      this.#opened = null;
      throw error;
    }
  }

  async start(sampleRate: number, deliver: (samples: Int16Array) => void): Promise<void> {
    await this.open();
    const opened = await this.#opened;
    if (opened === null) return;
    this.#stop();
    const processorOptions: CaptureOptions = { sampleRate, pieceMs: this.#pieceMs };
    const node = new AudioWorkletNode(opened.context, CAPTURE, { numberOfOutputs: 0, processorOptions });
    node.port.onmessage = ({ data }: MessageEvent<CapturedPiece>) => {
      deliver(data.samples);
      for (const listener of this.#levels) listener(data.level);
    };
    opened.input.connect(node);
    this.#node = node;
  }

  /** Stops the track, so that the browser's sign for it goes out, and closes the context. */
  async release(): Promise<void> {
    const opening = this.#opened;
    this.#opened = null;
    this.#stop();
    const opened = await opening?.catch(() => null);
    if (opened == null) return;
    opened.input.disconnect();
    for (const track of opened.stream.getTracks()) track.stop();
    await opened.close();
  }

  #stop(): void {
    if (this.#node === null) return;
    this.#node.port.onmessage = null;
    this.#node.port.postMessage("over");
    this.#node.disconnect();
    this.#node = null;
  }

  async #get(): Promise<Opened> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: this.#constraints() });
    try {
      const open = await openContext(this.#options);
      return { ...open, stream, input: open.context.createMediaStreamSource(stream) };
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  #constraints(): MediaTrackConstraints {
    const { echoCancellation, noiseSuppression, autoGainControl, deviceId } = this.#options;
    return {
      echoCancellation: echoCancellation ?? true,
      noiseSuppression: noiseSuppression ?? true,
      autoGainControl: autoGainControl ?? true,
      channelCount: 1,
      ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
    };
  }
}

interface Opened extends OpenContext {
  readonly stream: MediaStream;
  readonly input: MediaStreamAudioSourceNode;
}
