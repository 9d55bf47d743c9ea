/** What has been said in a conversation: what a new one is told when the server has lost it. */
import type { ReadEvent } from "./read-event.js";

const MOST_TURNS = 200;
// About 1,500 tokens, of which a small model has room for beside its prompt.
const MOST_CHARACTERS = 6000;
// Ids begin with it, and a turn that is answered has one, too: what the agent says with it is a greeting.
const FIRST_ID = 1;
const PREFACE =
  "The connection was lost, and this goes on with a conversation that has begun. " +
  "Do not greet again. What has been said so far:";

interface Turn {
  readonly speaker: "User" | "Agent";
  text: string;
  /** Null for a turn in writing, and for one of a conversation that is over. */
  eventId: number | null;
}

/** Both sides' turns; `note` takes every event, in order and with its session's own id. */
export class CallMemory {
  #turns: Turn[] = [];
  #owed: Turn[] = [];
  #arrivedId: number | null = null;
  #arrived = "";
  #hasSpoken = false;

  /** Whether anything of the agent's has come, so that it has greeted. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** The caller has written a turn. */
  noteText(text: string): void {
    this.#owed.push({ speaker: "User", text, eventId: null });
  }

  note(event: ReadEvent): void {
    switch (event.type) {
      case "user_transcript":
        if (event.isFinal && !this.#isEcho(event.text)) {
          this.#owed.push({ speaker: "User", text: event.text, eventId: event.eventId });
        }
        return;
      case "agent_response":
        this.#answered({ speaker: "Agent", text: event.text, eventId: event.eventId });
        return;
      case "agent_response_correction":
        this.#correct(event.eventId, event.corrected);
        return;
      case "encoded_speech":
        this.#hasSpoken = true;
        if (event.eventId !== this.#arrivedId) this.#arrived = "";
        this.#arrivedId = event.eventId;
        this.#arrived += event.alignment?.chars.join("") ?? "";
    }
  }

  /** For the new conversation's `contextual_update`: the end of what was said; null before anything. */
  soFar(): string | null {
    const lines: string[] = [];
    let room = MOST_CHARACTERS;
    for (const turn of this.#turns.toReversed()) {
      const said = this.#said(turn);
      const line = `${turn.speaker}: ${said}`;
      room -= line.length;
      if (room < 0) break;
      if (said !== "") lines.unshift(line);
    }
    return lines.length === 0 ? null : [PREFACE, ...lines].join("\n");
  }

  /** What the caller has said since the agent last answered; null if there is nothing. */
  unanswered(): string | null {
    return this.#owed.map(({ text }) => text).join(" ") || null;
  }

  /** A new conversation has begun, whose event ids begin anew; it is told what is unanswered. */
  restart(): void {
    for (const turn of this.#turns) Object.assign(turn, { text: this.#said(turn), eventId: null });
    const text = this.unanswered();
    this.#owed = text === null ? [] : [{ speaker: "User", text, eventId: null }];
    this.#arrivedId = null;
    this.#arrived = "";
  }

  // What of the last answer's sound has not come has not been said.
  #said(turn: Turn): string {
    const isLast = turn.eventId !== null && turn.eventId === this.#arrivedId;
    const arrived = isLast ? this.#arrived.trim() : "";
    return arrived !== "" && arrived.length < turn.text.length ? arrived : turn.text;
  }

  // Servers may repeat a turn in writing as a transcript.
  #isEcho(text: string): boolean {
    return this.#owed.some((turn) => turn.eventId === null && turn.text === text);
  }

  #answered(answer: Turn): void {
    this.#hasSpoken = true;
    const settled = answer.eventId === FIRST_ID ? [] : this.#owed.splice(0);
    this.#turns = [...this.#turns, ...settled, answer].slice(-MOST_TURNS);
  }

  // What was interrupted before its text was complete is told with the correction alone.
  #correct(eventId: number, text: string): void {
    const answer = this.#turns.findLast((turn) => turn.speaker === "Agent" && turn.eventId === eventId);
    if (answer !== undefined) answer.text = text;
    else if (text !== "") this.#answered({ speaker: "Agent", text, eventId });
  }
}
