/** Live transcription: sound in, its words out. */
import { encodeBase64 } from "./base64.js";
import type { ConnectionOptions } from "./connection-options.js";
import { doorAt } from "./door.js";
import { endError, ending, type Complaint } from "./ending.js";
import { ConnectionOver } from "./failures.js";
import type { JsonObject } from "./json.js";
import { later } from "./later.js";
import { Live } from "./live.js";
import { encodeSamples, sampleFormat, type SampleFormat } from "./pcm.js";
import { Restarted } from "./states.js";
import {
  readTranscript,
  type CommittedTranscript,
  type TranscriptionEnded,
  type TranscriptionEvent,
} from "./transcripts.js";
import { UncommittedSound } from "./uncommitted-sound.js";

const PATH = "/v1/speech-to-text/realtime";
const USUAL_FORMAT = "pcm_16000";
// A server's longest message has room for several.
const MOST_AT_ONCE_S = 1;
const POLICY_VIOLATION = 1008;

export interface TranscriberOptions {
  /** Browsers can send no headers, so there it stands in the address: give a page a `token`. */
  readonly apiKey?: string;
  /** A single-use token, in place of the key. */
  readonly token?: string;
  /** Of the server, `http` or `ws`. */
  readonly url?: string;
  readonly modelId?: string;
  /** `pcm_<Hz>` or `ulaw_8000`, as it goes over the wire. */
  readonly audioFormat?: string;
  /** ISO 639; told by the server without it. */
  readonly languageCode?: string;
  /** `manual`: `commit` says where a segment ends; `vad`: the server hears it. */
  readonly commitStrategy?: "manual" | "vad";
  readonly includeTimestamps?: boolean;
  readonly includeLanguageDetection?: boolean;
  readonly vadSilenceThresholdSecs?: number;
  readonly vadThreshold?: number;
  readonly minSpeechDurationMs?: number;
  readonly minSilenceDurationMs?: number;
  readonly noVerbatim?: boolean;
  readonly connection?: ConnectionOptions;
}

/**
 * Sound may be sent as fast as one likes. Where the server has lost the session, `session_lost` is
 * told, and what was not written down is sent again, though no more than the last 60 s.
 */
export class Transcriber extends Live<TranscriptionEvent> {
  readonly #format: SampleFormat;
  readonly #isPaired: boolean;
  readonly #tellsWords: boolean;
  readonly #sound: UncommittedSound;
  readonly #started = later<null>();
  readonly #finished = later<null>();
  readonly #over = later<Error>();
  #complaint: Complaint | null = null;
  #isConnecting = false;
  #isFinishing = false;
  #isLeaving = false;

  /** @throws RangeError for a format that is not sent here, TypeError if `url` is none. */
  constructor(options: TranscriberOptions = {}) {
    // Times tell how much of the sound a commit of the server's own has settled.
    const isTimed = options.includeTimestamps === true || options.commitStrategy === "vad";
    const door = doorAt(options.url, PATH, query(options, isTimed), options.apiKey);
    super(door, (isRestart) => this.#opening(isRestart), options.connection);
    this.#format = sampleFormat(options.audioFormat ?? USUAL_FORMAT);
    this.#tellsWords = options.includeTimestamps === true;
    this.#isPaired = isTimed || options.includeLanguageDetection === true;
    this.#sound = new UncommittedSound(this.#format.sampleRate);
  }

  /** Hz of what `sendAudio` takes. */
  get sampleRate(): number {
    return this.#format.sampleRate;
  }

  /** Seconds that a lost session had not written down, and that were too old to be sent again. */
  get lostAudioS(): number {
    return this.#sound.lostS;
  }

  /** Resolves when the server listens. Rejects with CannotConnect, ServerRefused or ConnectionOver. */
  async connect(): Promise<void> {
    if (this.#isConnecting) throw new ConnectionOver("a transcriber is connected once");
    this.#isConnecting = true;
    try {
      await this.connection.open();
    } catch (error) {
      await this.#finish(error);
      throw error;
    }
    void this.#listen();
    const failure = await this.begun(Promise.race([this.#started.promise, this.#over.promise]));
    if (failure === null) return;
    await this.close();
    throw failure;
  }

  /** 16-bit mono. Resolves when more may be sent; rejects with ConnectionOver. */
  async sendAudio(samples: Int16Array): Promise<void> {
    for (const piece of pieces(samples, MOST_AT_ONCE_S * this.#format.sampleRate)) {
      this.#sound.sent(piece);
      await this.connection.send(this.#chunk(piece));
    }
  }

  /** Has all sound so far written down, as a `committed_transcript`. Rejects with ConnectionOver. */
  async commit(): Promise<void> {
    this.#sound.commit();
    await this.connection.send(this.#chunk(null));
  }

  /** Commits, waits until all is written down, and disconnects. Rejects with what failed before. */
  async finish(): Promise<void> {
    if (!this.#isFinishing) {
      this.#isFinishing = true;
      if (this.#sound.hasMore) await this.commit();
      // Nothing is before it, so its answer has no text, and is therefore the last: a long segment
      // has as many answers as the server likes.
      await this.commit();
    }
    const failure = await Promise.race([this.#finished.promise, this.#over.promise]);
    await this.close();
    if (failure !== null) throw failure;
  }

  /** Disconnects; what is not written down is lost. */
  async close(): Promise<void> {
    this.#isLeaving = true;
    await this.connection.close();
    if (!this.#isConnecting) await this.#finish(null);
    this.#isConnecting = true;
    await this.#over.promise;
  }

  #opening(isRestart: boolean): JsonObject[] {
    return isRestart ? this.#sound.restart().map((piece) => this.#chunk(piece)) : [];
  }

  #chunk(piece: Int16Array | null): JsonObject {
    return {
      message_type: "input_audio_chunk",
      audio_base_64: piece === null ? "" : encodeBase64(encodeSamples(piece, this.#format)),
      commit: piece === null,
      sample_rate: this.#format.sampleRate,
    };
  }

  async #listen(): Promise<void> {
    try {
      for await (const frame of this.connection) {
        if (frame instanceof Restarted) {
          this.announcer.announce({ type: "session_lost", reason: frame.reason });
        } else this.#take(readTranscript(frame, this.#isPaired, this.#sound.shiftS));
      }
    } catch (error) {
      return this.#finish(error);
    }
    return this.#finish(null);
  }

  #take(event: TranscriptionEvent | null): void {
    if (event === null) return;
    if (event.type === "transcription_started") this.#started.resolve(null);
    if (event.type === "transcription_failed") {
      if (this.#isFinishing && event.kind === "commit_throttled") return this.#finished.resolve(null);
      const { kind: errorType, message } = event;
      this.#complaint = { code: POLICY_VIOLATION, errorType, message };
    }
    if (event.type === "committed_transcript") this.#committed(event);
    else this.announcer.announce(event);
  }

  #committed(event: CommittedTranscript): void {
    this.#sound.writtenDown(event.words.at(-1)?.endS ?? null);
    const left = this.#sound.unansweredCommits;
    if (this.#isFinishing && event.text === "" && left <= 1) {
      if (left === 0) this.#finished.resolve(null);
      return;
    }
    this.announcer.announce(this.#tellsWords ? event : { ...event, words: [] });
  }

  async #finish(error: unknown): Promise<void> {
    const ended = ending(this.#isLeaving, error, this.#complaint, this.connection);
    await this.connection.close();
    const event: TranscriptionEnded = { type: "transcription_ended", ...ended };
    this.announcer.announce(event);
    this.announcer.over();
    this.ended.resolve(event);
    this.#over.resolve(endError(error, this.#complaint, ended));
  }
}

function query(options: TranscriberOptions, isTimed: boolean): Record<string, string | undefined> {
  const yes = (given: boolean | undefined): string | undefined => (given ? "true" : undefined);
  return {
    model_id: options.modelId ?? "scribe_v2_realtime",
    audio_format: options.audioFormat ?? USUAL_FORMAT,
    language_code: options.languageCode,
    commit_strategy: options.commitStrategy ?? "manual",
    include_timestamps: yes(isTimed),
    include_language_detection: yes(options.includeLanguageDetection),
    vad_silence_threshold_secs: options.vadSilenceThresholdSecs?.toString(),
    vad_threshold: options.vadThreshold?.toString(),
    min_speech_duration_ms: options.minSpeechDurationMs?.toString(),
    min_silence_duration_ms: options.minSilenceDurationMs?.toString(),
    no_verbatim: yes(options.noVerbatim),
    token: options.token,
  };
}

function* pieces(samples: Int16Array, most: number): Generator<Int16Array, void, undefined> {
  for (let at = 0; at < samples.length; at += most) yield samples.slice(at, at + most);
}
