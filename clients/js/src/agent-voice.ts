/** The agent's speech between the wire and whatever plays it. */
import { decodeBase64 } from "./base64.js";
import type { AudioSink } from "./devices/sound.js";
import type { AgentSpeech } from "./events.js";
import { decodeSamples, sampleFormat, type SampleFormat } from "./pcm.js";
import type { EncodedSpeech } from "./read-event.js";

// What a device may need for its last sounds beyond their length.
const LEEWAY_S = 1;

export class AgentVoice {
  readonly #sink: AudioSink | undefined;
  #format: SampleFormat | null = null;
  #interruptedId = 0;

  constructor(sink: AudioSink | undefined) {
    this.#sink = sink;
  }

  /** @param formatName - of the wire; the device goes on as it is where the rate stays. */
  async begin(formatName: string): Promise<void> {
    const format = sampleFormat(formatName);
    if (format.sampleRate !== this.#format?.sampleRate) await this.#sink?.start(format.sampleRate);
    this.#format = format;
  }

  /** Plays a piece; null where it belongs to an answer that was interrupted. */
  heard({ eventId, base64, alignment }: EncodedSpeech): AgentSpeech | null {
    if (this.#format === null || eventId <= this.#interruptedId) return null;
    const samples = decodeSamples(decodeBase64(base64), this.#format);
    const { sampleRate } = this.#format;
    const playsAtS = this.#sink?.play(samples, eventId) ?? null;
    return { type: "agent_speech", eventId, samples, sampleRate, alignment, playsAtS };
  }

  /** Nothing is heard any more of this id and of smaller ones. */
  interrupt(eventId: number): void {
    this.#interruptedId = Math.max(this.#interruptedId, eventId);
    this.#sink?.interrupt(eventId);
  }

  /** Gives the device back, when what is queued has been heard, or `atOnce`. */
  async release(atOnce: boolean): Promise<void> {
    if (this.#sink === undefined) return;
    if (!atOnce && this.#format !== null) await this.#drained(this.#sink);
    await this.#sink.release();
  }

  // A device that has stopped would otherwise keep the call from ending.
  async #drained(sink: AudioSink): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, (sink.queuedS + LEEWAY_S) * 1000);
    });
    await Promise.race([sink.drained(), tooLong]);
    clearTimeout(timer);
  }
}
