/** Listening: a microphone, a transcriber, and what it has written. */
import { signal } from "@preact/signals";
import type { Level, Microphone, Transcriber, TranscriptionEvent } from "vivavoce";
import { LatencyLog } from "../latency/turns.ts";
import { Link } from "../parts/link.ts";
import { Listeners } from "../parts/listeners.ts";
import { SpeechClock } from "../parts/loudness.ts";
import type { Server } from "../server.ts";
import { told } from "../parts/failures.ts";
import { sdk } from "../parts/sdk.ts";
import { workletUrl } from "../parts/worklets.ts";
import { PassageClock } from "./passage-clock.ts";
import { EMPTY_SHEET, heeded, type Sheet } from "./sheet.ts";

// Between the pause inside a sentence and the one behind it.
const SILENCE_S = 0.6;

export type DictationState = "idle" | "starting" | "on";

interface Running {
  readonly transcriber: Transcriber;
  readonly microphone: Microphone;
  readonly leave: () => void;
}

export class DictationModel {
  readonly state = signal<DictationState>("idle");
  readonly sheet = signal<Sheet>(EMPTY_SHEET);
  readonly showTimes = signal(false);
  readonly failure = signal<string | null>(null);
  readonly link = new Link();
  readonly log = new LatencyLog();
  readonly levels = new Listeners<Level>();
  readonly #server: Server;
  #running: Running | null = null;
  #speech = new SpeechClock();
  #clock = new PassageClock();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Begins to listen. */
  async start(): Promise<void> {
    this.state.value = "starting";
    this.failure.value = null;
    this.#speech = new SpeechClock();
    this.#clock = new PassageClock();
    let running: Running | null = null;
    try {
      running = this.#running = await this.#prepare();
      const { microphone, transcriber } = running;
      // Before anybody is called: it may ask for a permission.
      await microphone.open();
      await transcriber.connect();
      await microphone.start(transcriber.sampleRate, (samples) => {
        transcriber.sendAudio(samples).catch((error: unknown) => this.#fail(error));
      });
      this.state.value = "on";
    } catch (error) {
      this.#fail(error);
      this.state.value = "idle";
      if (running !== null) await this.#end(running);
    }
  }

  /** Listens no more; what was said last is still written down. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    try {
      await running.microphone.release();
      await running.transcriber.finish();
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#end(running);
    }
  }

  /** What was said so far is settled now. */
  async commit(): Promise<void> {
    await this.#running?.transcriber.commit().catch((error: unknown) => this.#fail(error));
  }

  /** An empty sheet. */
  clear(): void {
    this.sheet.value = EMPTY_SHEET;
  }

  async #prepare(): Promise<Running> {
    const { Microphone, Transcriber } = await sdk();
    const transcriber = new Transcriber({
      url: this.#server.origin,
      apiKey: this.#server.key.peek(),
      commitStrategy: "vad",
      vadSilenceThresholdSecs: SILENCE_S,
      includeTimestamps: true,
    });
    const microphone = new Microphone({ workletUrl });
    const offs = [
      this.link.follow(transcriber),
      microphone.onLevel((level) => this.#sounds(level)),
    ];
    const running = { transcriber, microphone, leave: () => offs.forEach((off) => off()) };
    void this.#heed(running);
    return running;
  }

  async #heed(running: Running): Promise<void> {
    for await (const event of running.transcriber) {
      const turn = this.#time(event);
      this.sheet.value = heeded(this.sheet.peek(), event, turn);
      if (event.type === "transcription_failed") this.failure.value = event.message;
      if (event.type === "transcription_ended" && event.by === "failure")
        this.failure.value = event.reason;
    }
    await this.#end(running);
  }

  async #end(running: Running): Promise<void> {
    running.leave();
    if (this.#running !== running) return;
    this.#running = null;
    await Promise.all([running.microphone.release(), running.transcriber.close()]);
    this.levels.tell({ rms: 0, peak: 0 });
    this.state.value = "idle";
  }

  #fail(error: unknown): void {
    this.failure.value = told(error);
  }

  #sounds(level: Level): void {
    this.levels.tell(level);
    this.#speech.feed(level.rms, performance.now());
  }

  #time(event: TranscriptionEvent): number | null {
    const nowMs = performance.now();
    const { startMs, lastMs } = this.#speech;
    if (event.type === "partial_transcript" && event.text.trim() !== "") this.#clock.partial(startMs, nowMs);
    if (event.type !== "committed_transcript" || event.text.trim() === "") return null;
    const passage = this.#clock.committed(startMs, lastMs, nowMs);
    return passage === null ? null : this.log.add(passage.headlineMs, passage.steps);
  }
}
