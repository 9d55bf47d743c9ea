/** What has been written down, and what is about to be: a core that events are fed to. */
import type { TranscriptionEvent, TranscribedWord } from "vivavoce";

/** Text that changes no more. */
export interface Passage {
  readonly text: string;
  readonly words: readonly TranscribedWord[];
  /** Of its turn in the log; null where its times are not known. */
  readonly turn: number | null;
}

export interface Sheet {
  readonly passages: readonly Passage[];
  readonly partial: string;
}

export const EMPTY_SHEET: Sheet = { passages: [], partial: "" };

/** `sheet` after `event`; `turn` is the number of what was measured of it. */
export function heeded(sheet: Sheet, event: TranscriptionEvent, turn: number | null): Sheet {
  if (event.type === "partial_transcript") return { ...sheet, partial: event.text };
  if (event.type !== "committed_transcript") return sheet;
  const { text, words } = event;
  // A pause without words is committed, too.
  if (text.trim() === "") return { ...sheet, partial: "" };
  return { passages: [...sheet.passages, { text, words, turn }], partial: "" };
}
