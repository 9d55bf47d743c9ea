/** Frames of the conversation's socket as events. */
import type { AgentSpeech, AgentTextPart, ServerEvent, SpeechAlignment } from "./events.js";
import { isObject, listAt, numberAt, objectAt, textAt } from "./fields.js";
import type { JsonObject } from "./json.js";

/** The agent's speech as the wire has it. */
export interface EncodedSpeech {
  readonly type: "encoded_speech";
  readonly eventId: number;
  readonly base64: string;
  readonly alignment: SpeechAlignment | null;
}

export type ReadEvent = Exclude<ServerEvent, AgentSpeech> | EncodedSpeech;

/** What a frame says; `unknown` where its type is not known, or its payload is missing. */
export function readEvent(frame: JsonObject): ReadEvent {
  const name = textAt(frame, "type");
  const known = READERS.get(name);
  const payload = known && frame[known[0]];
  return known && isObject(payload) ? known[1](payload) : { type: "unknown", name, raw: frame };
}

type Reader = (payload: JsonObject) => ReadEvent;

const READERS: ReadonlyMap<string, readonly [payload: string, read: Reader]> = new Map([
  ["conversation_initiation_metadata", ["conversation_initiation_metadata_event", started]],
  ["audio", ["audio_event", speech]],
  ["user_transcript", ["user_transcription_event", transcript(true)]],
  ["tentative_user_transcript", ["tentative_user_transcription_event", transcript(false)]],
  ["agent_response", ["agent_response_event", response]],
  ["agent_response_correction", ["agent_response_correction_event", correction]],
  ["agent_chat_response_part", ["text_response_part", textPart]],
  ["interruption", ["interruption_event", interruption]],
  ["client_tool_call", ["client_tool_call", toolCalled]],
  ["agent_tool_response", ["agent_tool_response", toolAnswered]],
  ["vad_score", ["vad_score_event", vadScore]],
  ["error", ["error_event", failed]],
] satisfies [string, readonly [string, Reader]][]);

function started(payload: JsonObject): ReadEvent {
  return {
    type: "conversation_started",
    conversationId: textAt(payload, "conversation_id"),
    agentOutputAudioFormat: textAt(payload, "agent_output_audio_format", "pcm_16000"),
    userInputAudioFormat: textAt(payload, "user_input_audio_format", "pcm_16000"),
  };
}

function speech(payload: JsonObject): ReadEvent {
  return {
    type: "encoded_speech",
    eventId: eventId(payload),
    base64: textAt(payload, "audio_base_64"),
    alignment: isObject(payload["alignment"]) ? alignment(payload["alignment"]) : null,
  };
}

function alignment(payload: JsonObject): SpeechAlignment {
  return {
    chars: listAt(payload, "chars").map(String),
    startsMs: listAt(payload, "char_start_times_ms").map(Number),
    durationsMs: listAt(payload, "char_durations_ms").map(Number),
  };
}

function transcript(isFinal: boolean): Reader {
  return (payload) => ({
    type: "user_transcript",
    eventId: eventId(payload),
    text: textAt(payload, "user_transcript"),
    isFinal,
  });
}

function response(payload: JsonObject): ReadEvent {
  return {
    type: "agent_response",
    eventId: eventId(payload),
    text: textAt(payload, "agent_response"),
  };
}

function correction(payload: JsonObject): ReadEvent {
  return {
    type: "agent_response_correction",
    eventId: eventId(payload),
    original: textAt(payload, "original_agent_response"),
    corrected: textAt(payload, "corrected_agent_response"),
  };
}

function textPart(payload: JsonObject): ReadEvent {
  return {
    type: "agent_text_part",
    eventId: eventId(payload),
    kind: partKind(textAt(payload, "type")),
    text: textAt(payload, "text"),
  };
}

function partKind(kind: string): AgentTextPart["kind"] {
  return kind === "start" || kind === "stop" ? kind : "delta";
}

function interruption(payload: JsonObject): ReadEvent {
  return { type: "interruption", eventId: eventId(payload) };
}

function toolCalled(payload: JsonObject): ReadEvent {
  return { type: "tool_called", ...tool(payload), parameters: objectAt(payload, "parameters") };
}

function toolAnswered(payload: JsonObject): ReadEvent {
  return {
    type: "tool_answered",
    ...tool(payload),
    toolType: textAt(payload, "tool_type"),
    isError: payload["is_error"] === true,
  };
}

function tool(payload: JsonObject): { eventId: number; toolName: string; toolCallId: string } {
  return {
    eventId: eventId(payload),
    toolName: textAt(payload, "tool_name"),
    toolCallId: textAt(payload, "tool_call_id"),
  };
}

function vadScore(payload: JsonObject): ReadEvent {
  return { type: "vad_score", score: numberAt(payload, "vad_score") };
}

function failed(payload: JsonObject): ReadEvent {
  return {
    type: "conversation_failed",
    code: numberAt(payload, "code", 1011),
    message: textAt(payload, "message") || textAt(payload, "reason"),
    errorType: textAt(payload, "error_type"),
  };
}

function eventId(payload: JsonObject): number {
  return numberAt(payload, "event_id");
}
