/** What a live transcription tells, by `type`. */
import type { Ending } from "./ending.js";
import type { SessionLost, UnknownEvent } from "./events.js";
import { isObject, listAt, numberAt, objectAt, textAt } from "./fields.js";
import type { JsonObject } from "./json.js";

/** The server listens; `config` is what holds. */
export interface TranscriptionStarted {
  readonly type: "transcription_started";
  readonly sessionId: string;
  readonly config: JsonObject;
}

/** What has been heard since the last commit; it replaces the one before. */
export interface PartialTranscript {
  readonly type: "partial_transcript";
  readonly text: string;
}

/** Times are seconds of all sound that was sent, over all sessions. */
export interface TranscribedWord {
  readonly text: string;
  readonly startS: number;
  readonly endS: number;
  /** `word`, `spacing` or `audio_event`. */
  readonly kind: string;
  readonly logprob: number | null;
  readonly speakerId: string | null;
}

/** The text of a segment; words and language where they were asked for. */
export interface CommittedTranscript {
  readonly type: "committed_transcript";
  readonly text: string;
  readonly words: readonly TranscribedWord[];
  readonly languageCode: string | null;
}

/** What is wrong; `kind` is such as `invalid_request`, and mostly the connection closes. */
export interface TranscriptionFailed {
  readonly type: "transcription_failed";
  readonly kind: string;
  readonly message: string;
}

/** Nothing follows. */
export interface TranscriptionEnded extends Ending {
  readonly type: "transcription_ended";
}

export type TranscriptionEvent =
  | TranscriptionStarted
  | PartialTranscript
  | CommittedTranscript
  | TranscriptionFailed
  | UnknownEvent
  | SessionLost
  | TranscriptionEnded;

/**
 * What a frame says; null for the first of two that say the same.
 *
 * @param isPaired - of a segment there are two, as times or languages were asked for.
 * @param shiftS - where the session's time begins in that of all sound that was sent.
 */
export function readTranscript(
  frame: JsonObject,
  isPaired: boolean,
  shiftS: number,
): TranscriptionEvent | null {
  const name = textAt(frame, "message_type");
  const text = textAt(frame, "text");
  switch (name) {
    case "session_started":
      return {
        type: "transcription_started",
        sessionId: textAt(frame, "session_id"),
        config: objectAt(frame, "config"),
      };
    case "partial_transcript":
      return { type: "partial_transcript", text };
    case "committed_transcript":
      return isPaired ? null : committed(text, [], null);
    case "committed_transcript_with_timestamps": {
      const words = listAt(frame, "words").filter(isObject);
      const language = textAt(frame, "language_code");
      return committed(text, words.map((told) => word(told, shiftS)), language || null);
    }
  }
  const message = textAt(frame, "error");
  if (message !== "") return { type: "transcription_failed", kind: name, message };
  return { type: "unknown", name, raw: frame };
}

function committed(
  text: string,
  words: readonly TranscribedWord[],
  languageCode: string | null,
): CommittedTranscript {
  return { type: "committed_transcript", text, words, languageCode };
}

function word(told: JsonObject, shiftS: number): TranscribedWord {
  return {
    text: textAt(told, "text"),
    startS: shiftS + numberAt(told, "start"),
    endS: shiftS + numberAt(told, "end"),
    kind: textAt(told, "type", "word"),
    logprob: typeof told["logprob"] === "number" ? told["logprob"] : null,
    speakerId: textAt(told, "speaker_id") || null,
  };
}
