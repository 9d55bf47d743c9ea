/** What one context says to the server, so that it can be said again. */
import { VivavoceError } from "./failures.js";
import type { JsonObject } from "./json.js";
import { type Piece, SpokenText } from "./spoken-text.js";

/**
 * Turns what the owner of a context wants into messages, and remembers what is still owed.
 *
 * Every method gives the messages to send now, in order. The server hears of a context with its
 * first text: one without text costs it nothing.
 */
export class ContextScript {
  readonly #spoken = new SpokenText();
  #blank = "";
  #isOpen = false;
  #isFinished = false;
  #isFlushed = true;

  /** @param settings - go with the message that opens the context (`voice_settings` and so on). */
  constructor(
    private readonly id: string,
    private readonly settings: JsonObject,
  ) {}

  /** Whether it is finished, and the server was asked for nothing that could follow. */
  get owesNothing(): boolean {
    return this.#isFinished && !this.#isOpen;
  }

  /** What the alignment has not yet told to be spoken. */
  get unspoken(): string {
    return this.#spoken.unspoken;
  }

  /**
   * More text.
   *
   * @throws VivavoceError after the end.
   */
  text(given: string, flush: boolean): JsonObject[] {
    if (this.#isFinished) throw new VivavoceError("This context is finished; it takes no text.");
    const text = this.#blank + given;
    if (text.trim() === "") {
      // Blank text alone means "keep me open" to the server; here it stands between words.
      this.#blank = text;
      return flush ? this.flush() : [];
    }
    this.#blank = "";
    return this.#say({ text, flush });
  }

  /** All text so far is to be spoken now. */
  flush(): JsonObject[] {
    if (this.#isFlushed) return [];
    this.#spoken.flush();
    this.#isFlushed = true;
    return [this.#message({ text: "", flush: true })];
  }

  /** No more text will come: what there is is spoken to its end. Idempotent. */
  finish(): JsonObject[] {
    if (this.#isFinished) return [];
    this.#isFinished = true;
    return this.#isOpen ? [...this.flush(), this.#closing()] : [];
  }

  /** Nothing more is to be spoken. */
  cancel(): JsonObject[] {
    const wasFinished = this.#isFinished;
    this.#isFinished = true;
    if (!this.#isOpen) return [];
    // To close what is closed already means that not even what is under way is wanted.
    return wasFinished ? [this.#closing()] : [this.#closing(), this.#closing()];
  }

  /** What keeps the server from ending a context that waits for text. */
  keepAlive(): JsonObject[] {
    return this.#isOpen && !this.#isFinished ? [this.#message({ text: "" })] : [];
  }

  /** The server knows nothing any more: all that it has not spoken. */
  again(): JsonObject[] {
    this.#isOpen = false;
    this.#isFlushed = true;
    const messages = this.#spoken.beginAgain().flatMap((piece) => this.#say(piece));
    if (this.#isFinished && this.#isOpen) messages.push(...this.flush(), this.#closing());
    return messages;
  }

  /** Audio with these characters has come. */
  heard(chars: Iterable<string>): void {
    this.#spoken.heard(chars);
  }

  /** The server has said that a flush is spoken. */
  flushed(): void {
    this.#spoken.flushed();
  }

  #say(piece: Piece): JsonObject[] {
    const opening = this.#isOpen ? [] : [this.#message({ text: " ", ...this.settings })];
    this.#isOpen = true;
    this.#isFlushed = piece.flush;
    this.#spoken.say(piece.text);
    if (!piece.flush) return [...opening, this.#message({ text: piece.text })];
    this.#spoken.flush();
    return [...opening, this.#message({ text: piece.text, flush: true })];
  }

  #closing(): JsonObject {
    return this.#message({ close_context: true });
  }

  #message(fields: JsonObject): JsonObject {
    return { ...fields, context_id: this.id };
  }
}
