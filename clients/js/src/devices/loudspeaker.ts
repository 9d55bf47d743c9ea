import { openContext, type ContextOptions, type OpenContext } from "./audio-context.js";
import type { AudioSink } from "./sound.js";
import { PLAYBACK, type PlaybackMessage, type TimedProgress } from "./worklet-messages.js";

// One piece of the server's, which come by the half dozen.
const TARGET_MS = 100;

export interface LoudspeakerOptions extends ContextOptions {
  /** How much waits before an answer begins to sound; more where the network is uneven. */
  readonly targetMs?: number;
  /** 0 to 1, or more. */
  readonly volume?: number;
}

/**
 * The browser's loudspeaker. `open` needs a click or a key of the page's before it, as browsers let
 * no page sound that nobody has touched.
 */
export class Loudspeaker implements AudioSink {
  readonly #options: LoudspeakerOptions;
  readonly #listeners = new Set<(progress: TimedProgress) => void>();
  readonly #waiting = new Set<() => void>();
  #opening: Promise<OpenContext> | null = null;
  #open: OpenContext | null = null;
  #node: AudioWorkletNode | null = null;
  #gain: GainNode | null = null;
  #sampleRate = 0;
  #pieces = 0;
  #givenS = 0;
  #floorS = 0;
  #progress: TimedProgress | null = null;
  #volume: number;

  constructor(options: LoudspeakerOptions = {}) {
    this.#options = options;
    this.#volume = options.volume ?? 1;
  }

  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = volume;
    if (this.#gain !== null) this.#gain.gain.value = volume;
  }

  /** What has left the loudspeaker, as far as the browser knows how late that is. */
  get playedS(): number {
    const { context } = this.#open ?? {};
    if (context === undefined || this.#progress === null) return this.#floorS;
    const { playedS, queuedS, eventId, atS } = this.#progress;
    const sinceS = eventId === null ? 0 : context.currentTime - atS - this.outputLatencyS;
    const toldS = Math.min(playedS + sinceS, playedS + queuedS);
    this.#floorS = Math.max(this.#floorS, toldS);
    return this.#floorS;
  }

  get queuedS(): number {
    return Math.max(0, this.#givenS - this.playedS);
  }

  /** Between the audio thread and the air. */
  get outputLatencyS(): number {
    const { context } = this.#open ?? {};
    return context?.outputLatency ?? context?.baseLatency ?? 0;
  }

  /** Calls `listener` with what sounds, about every 20 ms; gives the way off. */
  onProgress(listener: (progress: TimedProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async open(): Promise<void> {
    this.#opening ??= openContext(this.#options);
    try {
      this.#open = await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  async start(sampleRate: number): Promise<void> {
    this.#sampleRate = sampleRate;
    await this.open();
    if (this.#node !== null || this.#open === null) return;
    const { context } = this.#open;
    const processorOptions = { targetMs: this.#options.targetMs ?? TARGET_MS };
    this.#node = new AudioWorkletNode(context, PLAYBACK, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions,
    });
    this.#node.port.onmessage = ({ data }: MessageEvent<TimedProgress>) => this.#heed(data);
    this.#gain = new GainNode(context, { gain: this.#volume });
    this.#node.connect(this.#gain).connect(context.destination);
  }

  play(samples: Int16Array, eventId: number): number {
    const fromS = this.#givenS;
    this.#givenS += samples.length / this.#sampleRate;
    this.#pieces += 1;
    this.#tell({ type: "push", samples, sampleRate: this.#sampleRate, eventId });
    return fromS;
  }

  interrupt(eventId: number): void {
    this.#tell({ type: "interrupt", eventId });
  }

  clear(): void {
    this.interrupt(Infinity);
  }

  async drained(): Promise<void> {
    if (this.#isDrained()) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Silent at once; closes the context. */
  async release(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    this.#tell({ type: "over" });
    this.#node?.disconnect();
    this.#gain?.disconnect();
    this.#node = this.#gain = this.#open = this.#progress = null;
    this.#givenS = this.#floorS = this.#pieces = 0;
    this.#wake();
    const opened = await opening?.catch(() => null);
    await opened?.close();
  }

  #tell(message: PlaybackMessage): void {
    this.#node?.port.postMessage(message);
  }

  #heed(progress: TimedProgress): void {
    this.#progress = progress;
    for (const listener of this.#listeners) listener(progress);
    if (this.#isDrained()) this.#wake();
  }

  #isDrained(): boolean {
    if (this.#node === null || this.#pieces === 0) return true;
    const { pieces = 0, queuedS = 0, eventId = null } = this.#progress ?? {};
    return pieces === this.#pieces && queuedS === 0 && eventId === null;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
