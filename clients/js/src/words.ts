/** Where words begin and end: as much as is needed to begin a cut sentence again. */

/** Text by code points, so that a position never stands inside a character. */
export type Characters = readonly string[];

const PHONEME = /<phoneme\b[^<>]*>(?:(?!<\/phoneme)[\s\S])*$/;
const OPEN_TAG = /<[^<>]*$/;
// They join letters and figures to one word: don't, well-known, 3.14, 12:30.
const JOINER = /^['\u2019\-.,:]$/;
const ALPHANUMERIC = /[\p{L}\p{N}]/u;
const MARK = /^\p{M}/u;
// Scripts that put no space between words; each character is as good a place to begin as any.
const UNSPACED =
  /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** Whether a character stands for a sound: a letter, a figure, or a mark on one. */
export function isVoiced(character: string | undefined): boolean {
  return character !== undefined && (ALPHANUMERIC.test(character) || MARK.test(character));
}

/** Whether there is anything to pronounce. */
export function hasVoice(text: Characters): boolean {
  return text.some((character) => ALPHANUMERIC.test(character));
}

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && /^\s$/.test(character);
}

/** Where the next voiced character stands at or behind `position`; markup is passed over. */
export function afterUnvoiced(text: Characters, position: number): number {
  let here = position;
  while (here < text.length && !isVoiced(text[here])) here = tagEnd(text, here) ?? here + 1;
  return here;
}

/** Whether the characters before and at `position` belong to one word. */
export function isInsideWord(text: Characters, position: number): boolean {
  const before = text[position - 1];
  const after = text[position];
  if (before === undefined || after === undefined) return false;
  if (JOINER.test(after)) return isVoiced(before) && isVoiced(text[position + 1]);
  if (JOINER.test(before)) return isVoiced(after) && isVoiced(text[position - 2]);
  if (!isVoiced(before) || !isVoiced(after)) return false;
  return MARK.test(after) || !(UNSPACED.test(before) || UNSPACED.test(after));
}

/**
 * The last place at or before `position` from which the text can be begun: no half word or tag.
 *
 * @param breaks - positions at which a word ends, whatever stands there.
 */
export function restartPoint(text: Characters, position: number, breaks: readonly number[]): number {
  let here = position;
  while (!breaks.includes(here) && isInsideWord(text, here)) here -= 1;
  for (const cut of [PHONEME, OPEN_TAG]) {
    const before = text.slice(0, here).join("");
    const found = before.search(cut);
    if (found >= 0 && text.includes(">", here)) here = Array.from(before.slice(0, found)).length;
  }
  return here;
}

function tagEnd(text: Characters, position: number): number | null {
  if (text[position] !== "<") return null;
  for (let here = position + 1; here < text.length; here += 1) {
    if (text[here] === "<") return null;
    if (text[here] === ">") return here + 1;
  }
  return null;
}
