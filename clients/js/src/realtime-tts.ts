/** Text to speech over one connection that lasts. */
import { BoxRoom, ChunkBox } from "./chunk-box.js";
import { doorAt } from "./door.js";
import type { Ending } from "./ending.js";
import { ConnectionOver, VivavoceError } from "./failures.js";
import { asError, uncaught } from "./later.js";
import type { SpeechChunk } from "./speech-chunk.js";
import type { LiveContext } from "./speech-context.js";
import { SpeechLine } from "./speech-line.js";
import {
  INACTIVITY_TIMEOUT_S,
  query,
  type RealtimeTTSOptions,
  type TextSource,
  type UtteranceOptions,
  utteranceSettings,
} from "./speech-options.js";
import type { ConnectionState, StateChange } from "./states.js";

export type { RealtimeTTSOptions, TextSource, UtteranceOptions } from "./speech-options.js";

/** One utterance of its own, beside others on the same connection: its speech is iterated over. */
export interface SpeechContext extends AsyncIterable<SpeechChunk> {
  readonly contextId: string;
  /** What was sent of which no audio has come, to the word. */
  readonly unspoken: string;
  /** More text, with the spaces between its words; `flush` has all so far spoken at once. */
  sendText(text: string, flush?: boolean): Promise<void>;
  flush(): Promise<void>;
  /** No more text: the rest is spoken, then the iteration ends. */
  finish(): Promise<void>;
  /** Nothing more of it is spoken or heard. */
  cancel(): Promise<void>;
  /** The next chunk; null behind the last. */
  nextChunk(): Promise<SpeechChunk | null>;
}

/**
 * Speaks text as it is written, whatever the network does: what was lost with a session is spoken
 * again, to the word, and nothing twice.
 *
 * `sendText` and `getAudio` are one long utterance; `stream` and `context` are others beside it.
 */
export class RealtimeTTS {
  readonly #line: SpeechLine;
  readonly #room: BoxRoom;
  readonly #options: RealtimeTTSOptions;
  readonly #onAudio: ((audio: Uint8Array) => void) | undefined;
  readonly #onFailure: (error: Error) => void;
  #own: LiveContext | null = null;
  #ownBox: ChunkBox;

  /**
   * @param onAudio - hears the speech of `sendText`, in place of `getAudio`.
   * @param onFailure - hears why a text was not spoken then; without it, that is an error that nobody
   *   has caught. The end of the connection is neither: `done` and `onState` tell it.
   * @throws TypeError for a `url` that is none.
   */
  constructor(
    options: RealtimeTTSOptions = {},
    onAudio?: (audio: Uint8Array) => void,
    onFailure: (error: Error) => void = uncaught,
  ) {
    const { voiceId = "JBFqnCBsd6RMkjVDRZzb" } = options;
    const path = `/v1/text-to-speech/${encodeURIComponent(voiceId)}/multi-stream-input`;
    const door = doorAt(options.url, path, query(options), options.apiKey);
    const headers = { ...door.headers, ...options.connection?.headers };
    this.#options = options;
    this.#onAudio = onAudio;
    this.#onFailure = onFailure;
    this.#room = new BoxRoom(options.bufferBytes);
    this.#ownBox = new ChunkBox(this.#room);
    this.#line = new SpeechLine(
      door.url,
      { ...options.connection, headers },
      this.#room,
      options.inactivityTimeoutS ?? INACTIVITY_TIMEOUT_S,
    );
  }

  get state(): ConnectionState {
    return this.#line.connection.state;
  }

  /** Seconds; null before the first measure. */
  get roundTripS(): number | null {
    return this.#line.connection.roundTripS;
  }

  /** Attempts that failed in the present outage, or in the last one. */
  get retries(): number {
    return this.#line.connection.retries;
  }

  /** null where the server has granted none. */
  get sessionId(): string | null {
    return this.#line.connection.sessionId;
  }

  /** Resolves when the connection is over, with who ended it and why; never rejects. */
  get done(): Promise<Ending> {
    return this.#line.done;
  }

  /** Tells `listener` of every change of the connection's state; gives the way off. */
  onState(listener: (change: StateChange) => void): () => void {
    return this.#line.connection.onState(listener);
  }

  /** Rejects with CannotConnect. */
  connect(): Promise<void> {
    return this.#line.open();
  }

  /** More text; with `flush`, all so far is spoken at once. Rejects with what ended the connection. */
  async sendText(text: string, flush = true): Promise<void> {
    if (this.#own === null || this.#own.hasEnded) this.#own = this.#ownContext();
    await this.#own.sendText(text, flush);
  }

  /** Has all that was sent so far spoken at once. */
  async flush(): Promise<void> {
    if (this.#own !== null && !this.#own.hasEnded) await this.#own.flush();
  }

  /** Nothing more of all that is being spoken is spoken or heard. */
  async cancel(): Promise<void> {
    this.#ownBox.clear();
    await this.#line.cancel();
  }

  /** The next audio of what `sendText` was given. Rejects when there will be none. */
  async getAudio(): Promise<Uint8Array> {
    if (this.#onAudio !== undefined) throw new VivavoceError("The audio goes to onAudio.");
    for (;;) {
      const chunk = await this.#ownBox.take();
      if (chunk === null) throw new ConnectionOver("The connection was closed.");
      if (chunk.audio.length > 0) return chunk.audio;
    }
  }

  /**
   * Speaks a text as an utterance of its own. Whoever leaves the iteration early cancels the rest;
   * what the text's iterator throws is thrown here.
   */
  async *stream(
    text: TextSource,
    { voiceSettings }: UtteranceOptions = {},
  ): AsyncGenerator<SpeechChunk, void, undefined> {
    const box = new ChunkBox(this.#room);
    const context = this.#line.context(utteranceSettings(this.#options, voiceSettings), box);
    const failed = (error: unknown): void => context.end(asError(error));
    write(context, text).catch(failed);
    try {
      for (let chunk = await box.take(); chunk !== null; chunk = await box.take()) yield chunk;
    } finally {
      context.cancel().catch(failed);
    }
  }

  /**
   * An utterance of its own, for text that comes bit by bit.
   *
   * @throws what ended the connection.
   */
  context({ voiceSettings }: UtteranceOptions = {}): SpeechContext {
    const box = new ChunkBox(this.#room);
    const context = this.#line.context(utteranceSettings(this.#options, voiceSettings), box);
    return {
      contextId: context.contextId,
      get unspoken() {
        return context.script.unspoken;
      },
      sendText: (text, flush = false) => context.sendText(text, flush),
      flush: () => context.flush(),
      finish: () => context.finish(),
      cancel: () => {
        box.clear();
        return context.cancel();
      },
      nextChunk: () => box.take(),
      async *[Symbol.asyncIterator]() {
        for (let chunk = await box.take(); chunk !== null; chunk = await box.take()) yield chunk;
      },
    };
  }

  /** Drops the socket without a goodbye, as a failing network does. */
  cut(): void {
    this.#line.connection.cut();
  }

  /** Ends what is being spoken, and gives everything back. Idempotent. */
  async close(): Promise<void> {
    await this.#line.close();
    this.#ownBox.end(null);
  }

  #ownContext(): LiveContext {
    const onAudio = this.#onAudio;
    if (onAudio === undefined) return this.#boxedContext();
    return this.#line.context(utteranceSettings(this.#options), {
      put: (chunk) => {
        if (chunk.audio.length > 0) onAudio(chunk.audio);
      },
      end: (error) => {
        if (error !== null && !this.#line.isOver) this.#onFailure(error);
      },
    });
  }

  #boxedContext(): LiveContext {
    const box = this.#ownBox.hasEnded ? new ChunkBox(this.#room) : this.#ownBox;
    this.#ownBox = box;
    return this.#line.context(utteranceSettings(this.#options), {
      put: (chunk) => box.put(chunk),
      // A context that ends well is followed by the next one.
      end: (error) => {
        if (error !== null) box.end(error);
      },
    });
  }
}

async function write(context: LiveContext, text: TextSource): Promise<void> {
  for await (const piece of typeof text === "string" ? [text] : text) {
    if (typeof piece !== "string") throw new TypeError("Text must come in strings.");
    if (context.hasEnded) return;
    await context.sendText(piece, false);
  }
  await context.finish();
}
