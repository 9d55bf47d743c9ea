import type { FakeServerOptions, FakeSession, Frame } from "./fake-server.js";

interface Context {
  text: string;
  isClosed: boolean;
  isSpeaking: boolean;
  flushes: number;
}

/** Speaks word by word; the audio of a word is the word itself, so that a listener can read it. */
export class FakeSpeech {
  readonly #contexts = new Map<FakeSession, Map<string, Context>>();
  readonly options: FakeServerOptions;

  constructor(options: FakeServerOptions = {}, private readonly pauseMs = 0) {
    this.options = { ...options, onMessage: (session, message) => this.#hear(session, message) };
  }

  #hear(session: FakeSession, message: Frame): void {
    const id = String(message["context_id"] ?? "");
    if (id === "") return;
    const contexts = this.#contexts.get(session) ?? new Map<string, Context>();
    this.#contexts.set(session, contexts);
    const context = contexts.get(id) ?? { text: "", isClosed: false, isSpeaking: false, flushes: 0 };
    contexts.set(id, context);
    const text = String(message["text"] ?? "");
    if (text !== " ") context.text += text;
    if (message["flush"] === true) context.flushes += 1;
    if (message["close_context"] === true) context.isClosed = true;
    if (context.flushes > 0 || context.isClosed) void this.#speak(session, id, context);
  }

  async #speak(session: FakeSession, id: string, context: Context): Promise<void> {
    if (context.isSpeaking) return;
    context.isSpeaking = true;
    while (context.text !== "") {
      const word = /^\s*\S+\s*/.exec(context.text)?.[0] ?? context.text;
      context.text = context.text.slice(word.length);
      session.say(spoken(id, word));
      await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
    context.isSpeaking = false;
    for (; context.flushes > 0; context.flushes -= 1) {
      session.say({ type: "flush_done", contextId: id });
    }
    if (!context.isClosed) return;
    this.#contexts.get(session)?.delete(id);
    session.say({ audio: null, isFinal: true, contextId: id });
  }
}

function spoken(contextId: string, word: string): Frame {
  const chars = [...word];
  return {
    audio: Buffer.from(word).toString("base64"),
    isFinal: null,
    contextId,
    alignment: {
      chars,
      charStartTimesMs: chars.map((_, n) => n * 60),
      charDurationsMs: chars.map(() => 60),
    },
  };
}
