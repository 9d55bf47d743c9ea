import { useComputed, type ReadonlySignal } from "@preact/signals";
import { wordsBegun, type TimedWord } from "./timed-text.ts";

interface LitTextProps {
  /** Whether no word is lit any more, wherever the sound is. */
  readonly isSilent: boolean;
  readonly words: ReadonlySignal<readonly TimedWord[]>;
  /** How far the loudspeaker is, on the words' own clock. */
  readonly playedMs: ReadonlySignal<number>;
}

/** Words that are quiet until they sound, lit while they do, and ink from then on. */
export function LitText({ words, playedMs, isSilent }: LitTextProps) {
  const begun = useComputed(() => wordsBegun(words.value, playedMs.value));
  const isOver = useComputed(() => {
    const last = words.value[begun.value - 1];
    return last?.endMs == null || last.endMs < playedMs.value;
  });
  return (
    <p class="spoken">
      {words.value.map((word, place) => (
        <span key={place} class={stateOf(word, place, begun.value, isSilent || isOver.value)}>
          {word.text}
        </span>
      ))}
    </p>
  );
}

function stateOf(word: TimedWord, place: number, begun: number, isOver: boolean): string {
  if (place >= begun) return "word";
  return place === begun - 1 && !isOver && word.isWord ? "word now" : "word said";
}
