/** Speech: one connection, one loudspeaker, one utterance after the other. */
import { effect, signal } from "@preact/signals";
import type { Loudspeaker, RealtimeTTS } from "vivavoce";
import { decodeSamples, sampleFormat, type SampleFormat } from "vivavoce/pcm.ts";
import { Link } from "../parts/link.ts";
import { LatencyLog } from "../latency/turns.ts";
import type { Server } from "../server.ts";
import { languageTag } from "../words/words.ts";
import { told } from "../parts/failures.ts";
import { sdk } from "../parts/sdk.ts";
import { workletUrl } from "../parts/worklets.ts";
import { courseOf } from "./course.ts";
import { Utterance } from "./utterance.ts";

// Where a voice takes breath; what is spoken by then sounds as if it had been written whole.
const CLAUSE_END = /[,.!?;:…，。！？；：]\s*$/u;
// Whoever types no more for so long waits for a voice.
const IDLE_MS = 800;
// More is not read again.
const UTTERANCES_KEPT = 20;

interface Opened {
  readonly tts: RealtimeTTS;
  readonly speaker: Loudspeaker;
  readonly format: SampleFormat;
  /** What it was opened with; another wish opens another. */
  readonly wish: string;
  readonly leave: () => void;
}

export class SpeakModel {
  readonly voice = signal("");
  readonly format = signal("pcm_24000");
  readonly speed = signal(1);
  readonly stability = signal(0.5);
  readonly link = new Link();
  readonly log = new LatencyLog();
  /** The newest first. */
  readonly utterances = signal<readonly Utterance[]>([]);
  readonly isSpeaking = signal(false);
  readonly failure = signal<string | null>(null);
  readonly #playedMs = signal(0);
  readonly #server: Server;
  #opened: Promise<Opened> | null = null;
  #typed: Promise<Utterance> | null = null;
  #idle = 0;
  #numbers = 0;

  constructor(server: Server) {
    this.#server = server;
    effect(() => {
      this.isSpeaking.value = this.utterances.value.some((one) => one.state.value === "speaking");
    });
  }

  /** Speaks all of `text`. */
  async speak(text: string): Promise<void> {
    const typedMs = performance.now();
    await this.#guarded(async () => {
      await this.stop();
      const utterance = await this.#begin();
      await utterance.send(text, false, typedMs);
      await utterance.context.finish();
    });
  }

  /** Words of a text that is being typed: they go off at once, and are spoken clause by clause. */
  async type(words: string): Promise<void> {
    const typedMs = performance.now();
    clearTimeout(this.#idle);
    const flush = CLAUSE_END.test(words);
    if (!flush) this.#idle = window.setTimeout(() => void this.#flush(), IDLE_MS);
    await this.#guarded(async () => {
      this.#typed ??= this.#begin();
      await (await this.#typed).send(words, flush, typedMs);
    });
  }

  /** The thought that was typed has ended. */
  async endThought(): Promise<void> {
    const typed = this.#typed;
    this.#typed = null;
    clearTimeout(this.#idle);
    await this.#guarded(async () => (await typed)?.context.finish());
  }

  /** Silent from now on. */
  async stop(): Promise<void> {
    this.#typed = null;
    clearTimeout(this.#idle);
    const stopped = this.utterances.peek().map((one) => one.stop());
    (await this.#opened)?.speaker.clear();
    await Promise.allSettled(stopped);
  }

  async #flush(): Promise<void> {
    const typed = this.#typed;
    await this.#guarded(async () => (await typed)?.context.flush());
  }

  async #guarded(action: () => Promise<void>): Promise<void> {
    this.failure.value = null;
    try {
      await action();
    } catch (error) {
      this.failure.value = told(error);
      await this.stop();
      await this.#close();
    }
  }

  async #begin(): Promise<Utterance> {
    const wasOpen = this.#opened !== null;
    const opened = await this.#ready();
    const context = opened.tts.context({
      voiceSettings: { speed: this.speed.peek(), stability: this.stability.peek() },
    });
    const utterance = new Utterance(++this.#numbers, context, this.#playedMs, languageTag.peek());
    if (!wasOpen) utterance.connectedMs = performance.now();
    this.utterances.value = [utterance, ...this.utterances.peek()].slice(0, UTTERANCES_KEPT);
    void this.#guarded(() => this.#hear(utterance, opened));
    return utterance;
  }

  async #hear(utterance: Utterance, { speaker, format }: Opened): Promise<void> {
    for await (const chunk of utterance.context) {
      if (utterance.state.peek() !== "speaking") return;
      if (chunk.audio.length === 0) continue;
      const startS = speaker.play(decodeSamples(chunk.audio, format), utterance.number);
      utterance.sounds(chunk.alignment, startS * 1000);
    }
    utterance.lastMs = performance.now();
    this.#measure(utterance);
    await speaker.drained();
    if (utterance.state.peek() === "speaking") utterance.state.value = "done";
  }

  #sounding(playedMs: number): void {
    this.#playedMs.value = playedMs;
    for (const one of this.utterances.peek()) {
      if (one.firstMs === null || one.turn.peek() !== null || playedMs <= one.startMs) continue;
      const heardMs = Math.max(one.firstMs, performance.now() - (playedMs - one.startMs));
      one.heardAtMs = heardMs;
      one.turn.value = this.log.add(heardMs - one.sentMs, []);
      this.#measure(one);
    }
  }

  /** What is known of its course by now, once it is heard. */
  #measure(utterance: Utterance): void {
    const { firstMs, heardAtMs, turn } = utterance;
    const number = turn.peek();
    if (firstMs === null || heardAtMs === null || number === null) return;
    this.log.replace(number, courseOf({ ...utterance, firstMs, heardMs: heardAtMs }));
  }

  async #ready(): Promise<Opened> {
    const wish = `${this.voice.peek()} ${this.format.peek()} ${this.#server.key.peek()}`;
    if ((await this.#opened)?.wish === wish) return this.#opened as Promise<Opened>;
    await this.#close();
    this.#opened = this.#open(wish);
    this.#opened.catch(() => (this.#opened = null));
    return this.#opened;
  }

  async #open(wish: string): Promise<Opened> {
    const { Loudspeaker, RealtimeTTS } = await sdk();
    const voiceId = this.voice.peek();
    const tts = new RealtimeTTS({
      url: this.#server.origin,
      apiKey: this.#server.key.peek(),
      ...(voiceId !== "" && { voiceId }),
      outputFormat: this.format.peek(),
    });
    const format = sampleFormat(this.format.peek());
    const speaker = new Loudspeaker({ workletUrl });
    const stopFollowing = this.link.follow(tts);
    const stopProgress = speaker.onProgress(() => this.#sounding(speaker.playedS * 1000));
    const leave = (): void => {
      stopFollowing();
      stopProgress();
    };
    try {
      await Promise.all([tts.connect(), speaker.start(format.sampleRate)]);
    } catch (error) {
      leave();
      await Promise.all([tts.close(), speaker.release()]);
      throw error;
    }
    return { tts, speaker, format, wish, leave };
  }

  async #close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    this.#opened = null;
    if (opened == null) return;
    opened.leave();
    await Promise.all([opened.tts.close(), opened.speaker.release()]);
  }
}
