/** What was sent to be spoken, how far the alignment says that it was, and what is still owed. */
import {
  afterUnvoiced,
  type Characters,
  hasVoice,
  isInsideWord,
  isSpace,
  isVoiced,
  restartPoint,
} from "./words.js";

/** Text to send, and whether all up to its end is to be spoken at once. */
export interface Piece {
  readonly text: string;
  readonly flush: boolean;
}

// Of text that has been spoken: enough to find the beginning of the word or tag under way.
const KEPT = 4096;
// How many words ahead a word is looked for: a short one is soon met again where it is not meant.
const WORDS_AHEAD = 2;
const WORDS_AHEAD_PER_CHARACTER = 3;

/**
 * The text of one context, and the characters of the alignments of its audio.
 *
 * The alignment is followed character by character. What the server does not voice (markup, white
 * space that it has folded) is passed over. Where it reads something else than was written (figures
 * as words), the place is found again by the next word that both have: the nearest one, and looked
 * for the farther ahead the longer it is.
 */
export class SpokenText {
  #text: string[] = [];
  #flushes: number[] = [];
  #unconfirmed: number[] = [];
  #position = 0;
  #word: string[] = [];
  #wordAt = 0;
  #isLost = false;

  /** What has not been heard, from the beginning of the first word not heard whole. */
  get unspoken(): string {
    return this.rest()
      .map((piece) => piece.text)
      .join("");
  }

  /** `text` was sent, after all that was sent before. */
  say(text: string): void {
    for (const character of text) this.#text.push(character);
  }

  /** All that was sent so far was flushed. */
  flush(): void {
    this.#flushes.push(this.#text.length);
    this.#unconfirmed.push(this.#text.length);
  }

  /** The next audio says these; an entry may have several characters. */
  heard(chars: Iterable<string>): void {
    for (const entry of chars) for (const character of entry) this.#follow(character);
    if (!this.#isLost && this.#isAtBreak()) this.#word = [];
    this.#forget();
  }

  /** The server says that the oldest flush of which it has not yet said so is spoken. */
  flushed(): void {
    const end = this.#unconfirmed.shift();
    if (end === undefined || end <= this.#position) return;
    this.#position = end;
    this.#word = [];
    this.#isLost = false;
  }

  /** What is owed, in the pieces that were flushed; the last may not have been. */
  rest(): Piece[] {
    let start = restartPoint(this.#text, this.#position, this.#flushes);
    const pieces: { text: Characters; flush: boolean }[] = [];
    for (const end of this.#flushes) {
      if (end <= start) continue;
      pieces.push({ text: this.#text.slice(start, end), flush: true });
      start = end;
    }
    pieces.push({ text: this.#text.slice(start), flush: false });
    return pieces
      .filter((piece) => hasVoice(piece.text))
      .map(({ text, flush }, index) => {
        const whole = text.join("");
        return { text: index === 0 ? whole.trimStart() : whole, flush };
      });
  }

  /** Forgets all; gives the rest, for the owner to say again. */
  beginAgain(): Piece[] {
    const rest = this.rest();
    this.#text = [];
    this.#flushes = [];
    this.#unconfirmed = [];
    this.#position = this.#wordAt = 0;
    this.#word = [];
    this.#isLost = false;
    return rest;
  }

  #follow(character: string): void {
    if (!isVoiced(character)) {
      this.#endWord();
      if (!this.#isLost) this.#passMark(character);
      return;
    }
    const last = this.#word.at(-1);
    if (last !== undefined && !isInsideWord([last, character], 1)) this.#endWord();
    if (this.#word.length === 0) this.#wordAt = this.#position;
    this.#word.push(character);
    if (!this.#isLost) this.#passVoiced(character);
  }

  #passMark(character: string): void {
    let here = this.#position;
    while (!isSpace(character) && isSpace(this.#text[here])) here += 1;
    if (this.#text[here] === character) this.#position = here + 1;
  }

  #passVoiced(character: string): void {
    let here = this.#position;
    if (this.#word.length === 1) here = afterUnvoiced(this.#text, here);
    while (here < this.#text.length && mayStandInWord(this.#text[here])) here += 1;
    if (folded(this.#text.slice(here, here + 1)) === folded([character])) {
      this.#position = here + 1;
    } else {
      this.#isLost = true;
      this.#position = this.#wordAt;
    }
  }

  #endWord(): void {
    if (this.#word.length > 0 && (this.#isLost || !this.#isAtBreak())) this.#find(this.#word);
    this.#word = [];
  }

  #isAtBreak(): boolean {
    const here = this.#position;
    if (here >= this.#text.length || this.#flushes.includes(here)) return true;
    return !(isVoiced(this.#text[here]) && isInsideWord(this.#text, here));
  }

  /** Goes behind the next `word` of the text, if it is near. */
  #find(word: readonly string[]): void {
    if (!this.#isLost) this.#position = this.#wordAt;
    this.#isLost = true;
    const wanted = folded(word);
    let end = this.#position;
    for (let left = WORDS_AHEAD + WORDS_AHEAD_PER_CHARACTER * word.length; left > 0; left -= 1) {
      const start = afterUnvoiced(this.#text, end);
      end = this.#wordEnd(start);
      if (folded(this.#text.slice(start, end)) !== wanted) continue;
      this.#position = end;
      this.#isLost = false;
      return;
    }
  }

  #wordEnd(start: number): number {
    let end = start;
    while (end < this.#text.length && isVoiced(this.#text[end])) {
      if (end > start && (this.#flushes.includes(end) || !isInsideWord(this.#text, end))) break;
      end += 1;
    }
    return end;
  }

  #forget(): void {
    const cut = this.#position - KEPT;
    if (cut < KEPT) return;
    this.#text = this.#text.slice(cut);
    this.#position -= cut;
    this.#wordAt = Math.max(0, this.#wordAt - cut);
    this.#flushes = this.#flushes.filter((at) => at >= cut).map((at) => at - cut);
    this.#unconfirmed = this.#unconfirmed.map((at) => at - cut);
  }
}

function mayStandInWord(character: string | undefined): boolean {
  return !isSpace(character) && !isVoiced(character);
}

/** Without regard to case; the detour makes one of all the ways to write a letter (ß and ss). */
function folded(text: Characters): string {
  return text.join("").toUpperCase().toLowerCase();
}
