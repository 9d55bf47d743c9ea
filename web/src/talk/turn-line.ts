/** The transcript of a call: a core that events are fed to. */
import type { ConversationEvent } from "vivavoce";

/** One side's words. */
export interface Line {
  /** Of the turn; the caller's line and the agent's may share one. */
  readonly eventId: number;
  readonly role: "user" | "agent";
  readonly text: string;
  /** What was to follow, but was not heard. */
  readonly unheard: string;
  readonly isTentative: boolean;
}

/** `lines` after `event`. The input is left as it is. */
export function heeded(lines: readonly Line[], event: ConversationEvent): readonly Line[] {
  switch (event.type) {
    case "user_transcript":
      return [...settled(lines), line("user", event.eventId, event.text, !event.isFinal)];
    case "agent_response":
      return [...lines, line("agent", event.eventId, event.text)];
    case "agent_response_correction":
      return lines.map((one) =>
        one.role === "agent" && one.eventId === event.eventId
          ? { ...one, ...struck(event.original, event.corrected) }
          : one,
      );
    case "conversation_ended":
      return settled(lines);
    default:
      return lines;
  }
}

/** `lines` after the caller has written `text`. */
export function written(lines: readonly Line[], text: string): readonly Line[] {
  return [...settled(lines), line("user", Number.NaN, text)];
}

function line(role: Line["role"], eventId: number, text: string, isTentative = false): Line {
  return { role, eventId, text, unheard: "", isTentative };
}

function settled(lines: readonly Line[]): readonly Line[] {
  return lines.filter((one) => !one.isTentative);
}

/** Where the two part: a correction may end in marks that the original has not. */
function struck(original: string, corrected: string): Pick<Line, "text" | "unheard"> {
  const heard = corrected.replace(/[\s.…—-]+$/u, "");
  if (!original.startsWith(heard)) return { text: corrected, unheard: original };
  return { text: original.slice(0, heard.length), unheard: original.slice(heard.length) };
}
