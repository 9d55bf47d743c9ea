/** Text whose characters learn when they sound: a core without sound or clock. */

/** A word, or what stands between words. */
export interface TimedWord {
  readonly text: string;
  readonly isWord: boolean;
  /** On the clock of the sound, ms; null until it is known. */
  readonly startMs: number | null;
  readonly endMs: number | null;
}

/** Characters with their times, in ms from where their sound begins. */
export interface CharacterTimes {
  readonly chars: readonly string[];
  readonly startsMs: readonly number[];
  readonly durationsMs: readonly number[];
}

// How far back a chunk's text is looked for: what is begun again after an outage is a word or two.
const LOOK_BACK = 40;

export class TimedText {
  #text = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #cursor = 0;
  readonly #segmenter: Intl.Segmenter;

  /** @param language - BCP 47, for where words end. */
  constructor(language: string) {
    this.#segmenter = new Intl.Segmenter(language, { granularity: "word" });
  }

  get text(): string {
    return this.#text;
  }

  /** More text is to be spoken. */
  append(text: string): void {
    this.#text += text;
  }

  /** These characters sound from `offsetMs` on. What is not in the text is passed over. */
  sounds({ chars, startsMs, durationsMs }: CharacterTimes, offsetMs: number): void {
    this.#cursor = this.#placeOf(chars.join("").trim());
    chars.forEach((char, place) => {
      const at = this.#find(char);
      if (at === null) return;
      const startMs = offsetMs + (startsMs[place] ?? 0);
      const endMs = startMs + (durationsMs[place] ?? 0);
      for (let unit = at; unit < at + char.length; unit++) {
        this.#starts[unit] = startMs;
        this.#ends[unit] = endMs;
      }
      this.#cursor = at + char.length;
    });
  }

  /** The text in words, each with the time of its first and last character that has any. */
  words(): readonly TimedWord[] {
    return Array.from(this.#segmenter.segment(this.#text), ({ segment, index, isWordLike }) => {
      const starts = known(this.#starts, index, segment.length);
      const ends = known(this.#ends, index, segment.length);
      return {
        text: segment,
        isWord: isWordLike === true,
        startMs: starts.length === 0 ? null : Math.min(...starts),
        endMs: ends.length === 0 ? null : Math.max(...ends),
      };
    });
  }

  #placeOf(text: string): number {
    const found = this.#text.indexOf(text, Math.max(0, this.#cursor - LOOK_BACK));
    return text === "" || found === -1 ? this.#cursor : found;
  }

  #find(char: string): number | null {
    let at = this.#cursor;
    while (!this.#text.startsWith(char, at) && /\s/.test(this.#text[at] ?? "")) at++;
    return this.#text.startsWith(char, at) ? at : null;
  }
}

function known(times: readonly number[], from: number, length: number): readonly number[] {
  return times.slice(from, from + length).filter((time) => time !== undefined);
}

/** How many words, from the first on, have begun to sound at `playedMs`. */
export function wordsBegun(words: readonly TimedWord[], playedMs: number): number {
  return words.findLastIndex((word) => word.startMs !== null && word.startMs <= playedMs) + 1;
}
