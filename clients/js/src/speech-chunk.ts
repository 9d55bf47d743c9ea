/** Pieces of speech as a listener gets them, read from what the server says. */
import { decodeBase64 } from "./base64.js";
import { ServerRefused, VivavoceError } from "./failures.js";
import { isObject, listAt, numberAt, textAt } from "./fields.js";
import type { JsonObject, JsonValue } from "./json.js";

/** Which characters of the text are spoken when: three lists of equal length. */
export interface Alignment {
  readonly chars: readonly string[];
  /** ms from the start of the chunk's own audio. */
  readonly startsMs: readonly number[];
  readonly durationsMs: readonly number[];
}

/** The next piece of a context's audio, in the connection's output format. */
export interface SpeechChunk {
  readonly audio: Uint8Array;
  readonly alignment: Alignment;
  readonly contextId: string;
  /** On one last chunk without audio, after which the context says nothing more. */
  readonly isFinal: boolean;
}

const NO_ALIGNMENT: Alignment = { chars: [], startsMs: [], durationsMs: [] };

/** The id of the context that a frame belongs to, by either of its spellings. */
export function contextOf(frame: JsonObject): string | null {
  return textAt(frame, "contextId") || textAt(frame, "context_id") || null;
}

/** What a frame says was wrong, if it does. */
export function failureIn(frame: JsonObject): ServerRefused | null {
  if (!("error" in frame && "message" in frame)) return null;
  return new ServerRefused(textAt(frame, "message"), textAt(frame, "error"), numberAt(frame, "code"));
}

/**
 * The speech in a frame, null if it carries neither audio nor the end.
 *
 * @throws VivavoceError for audio that is not base64, and lists of different lengths.
 */
export function chunkIn(frame: JsonObject, contextId: string): SpeechChunk | null {
  const isFinal = frame["isFinal"] === true;
  const audio = decoded(textAt(frame, "audio"));
  if (audio.length === 0 && !isFinal) return null;
  const given = frame["alignment"] ?? frame["normalizedAlignment"];
  return { audio, alignment: alignmentIn(given), contextId, isFinal };
}

function decoded(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    throw new VivavoceError("The server sent audio that is not base64.");
  }
}

function alignmentIn(given: JsonValue | undefined): Alignment {
  if (!isObject(given)) return NO_ALIGNMENT;
  const chars = listAt(given, "chars").map(String);
  const startsMs = listAt(given, "charStartTimesMs").map(Number);
  const durationsMs = listAt(given, "charDurationsMs").map(Number);
  if (chars.length !== startsMs.length || chars.length !== durationsMs.length) {
    throw new VivavoceError("The server sent an alignment with lists of different lengths.");
  }
  return { chars, startsMs, durationsMs };
}
