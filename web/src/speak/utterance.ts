/** One text on its way from the keyboard to the loudspeaker. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { SpeechContext } from "vivavoce";
import { TimedText, type CharacterTimes, type TimedWord } from "./timed-text.ts";

export type UtteranceState = "speaking" | "done" | "stopped";

export class Utterance {
  readonly words = signal<readonly TimedWord[]>([]);
  readonly state = signal<UtteranceState>("speaking");
  /** Of its turn in the log; null until it has been heard. */
  readonly turn = signal<number | null>(null);
  /** How far it has been heard; stands still once it was stopped. */
  readonly heardMs: ReadonlySignal<number>;
  /** When the last text was typed that the first sound had waited for. */
  sentMs = 0;
  connectedMs: number | null = null;
  /** When its first sound came; null before. */
  firstMs: number | null = null;
  heardAtMs: number | null = null;
  lastMs: number | null = null;
  /** Where its sound begins on the loudspeaker's clock. */
  startMs = 0;
  readonly #text: TimedText;
  readonly #stoppedMs = signal(Number.POSITIVE_INFINITY);

  /**
   * @param playedMs - the loudspeaker's clock.
   * @param language - BCP 47, for where words end.
   */
  constructor(
    readonly number: number,
    readonly context: SpeechContext,
    playedMs: ReadonlySignal<number>,
    language: string,
  ) {
    this.#text = new TimedText(language);
    this.heardMs = computed(() => Math.min(playedMs.value, this.#stoppedMs.value));
  }

  /** Sends what was typed at `typedMs` to be spoken; with `flush` all so far is, at once. */
  async send(text: string, flush: boolean, typedMs: number): Promise<void> {
    if (this.firstMs === null) this.sentMs = typedMs;
    this.#text.append(text);
    this.words.value = this.#text.words();
    await this.context.sendText(text, flush);
  }

  /** Sound for its next characters begins at `startMs` of the loudspeaker's clock. */
  sounds(times: CharacterTimes, startMs: number): void {
    if (this.firstMs === null) {
      this.firstMs = performance.now();
      this.startMs = startMs;
    }
    this.#text.sounds(times, startMs);
    this.words.value = this.#text.words();
  }

  /** No more of it is wanted, nor heard. */
  async stop(): Promise<void> {
    if (this.state.peek() !== "speaking") return;
    this.#stoppedMs.value = this.heardMs.peek();
    this.state.value = "stopped";
    await this.context.cancel();
  }
}
