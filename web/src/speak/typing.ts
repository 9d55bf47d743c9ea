/** Which words of a text that is being typed are finished. */

// A word is over with what follows it; scripts without spaces go by their own marks.
const LAST_END = /^[\s\S]*[^\s][\s,.!?;:，。！？；：、]/u;

/** The finished words with what ends them, and the rest, which may still grow. */
export function finishedWords(text: string): readonly [finished: string, rest: string] {
  const finished = LAST_END.exec(text)?.[0] ?? "";
  return [finished, text.slice(finished.length)];
}
