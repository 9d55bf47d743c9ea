import assert from "node:assert/strict";
import { test } from "node:test";

import { readEvent } from "../dist/read-event.js";

test("every kind of message has its event", () => {
  const cases: [Parameters<typeof readEvent>[0], object][] = [
    [
      {
        type: "conversation_initiation_metadata",
        conversation_initiation_metadata_event: {
          conversation_id: "c",
          agent_output_audio_format: "pcm_24000",
        },
      },
      {
        type: "conversation_started",
        conversationId: "c",
        agentOutputAudioFormat: "pcm_24000",
        userInputAudioFormat: "pcm_16000",
      },
    ],
    [
      {
        type: "audio",
        audio_event: {
          audio_base_64: "AAA=",
          event_id: 4,
          alignment: { chars: ["a"], char_start_times_ms: [0], char_durations_ms: [5] },
        },
      },
      {
        type: "encoded_speech",
        eventId: 4,
        base64: "AAA=",
        alignment: { chars: ["a"], startsMs: [0], durationsMs: [5] },
      },
    ],
    [
      { type: "user_transcript", user_transcription_event: { user_transcript: "hi", event_id: 5 } },
      { type: "user_transcript", text: "hi", isFinal: true, eventId: 5 },
    ],
    [
      {
        type: "tentative_user_transcript",
        tentative_user_transcription_event: { user_transcript: "h", event_id: "5" },
      },
      { type: "user_transcript", text: "h", isFinal: false, eventId: 5 },
    ],
    [
      { type: "agent_response", agent_response_event: { agent_response: "yes", event_id: 6 } },
      { type: "agent_response", text: "yes", eventId: 6 },
    ],
    [
      {
        type: "agent_response_correction",
        agent_response_correction_event: {
          original_agent_response: "yes indeed",
          corrected_agent_response: "yes",
          event_id: 6,
        },
      },
      { type: "agent_response_correction", original: "yes indeed", corrected: "yes", eventId: 6 },
    ],
    [
      { type: "agent_chat_response_part", text_response_part: { text: "a", type: "delta", event_id: 1 } },
      { type: "agent_text_part", text: "a", kind: "delta", eventId: 1 },
    ],
    [
      { type: "interruption", interruption_event: { event_id: 7 } },
      { type: "interruption", eventId: 7 },
    ],
    [
      { type: "vad_score", vad_score_event: { vad_score: 0.5 } },
      { type: "vad_score", score: 0.5 },
    ],
    [
      { type: "client_tool_call", client_tool_call: { tool_name: "t", tool_call_id: "1", event_id: 2 } },
      { type: "tool_called", toolName: "t", toolCallId: "1", parameters: {}, eventId: 2 },
    ],
    [
      {
        type: "agent_tool_response",
        agent_tool_response: {
          tool_name: "t",
          tool_call_id: "1",
          tool_type: "client",
          is_error: true,
          event_id: 2,
        },
      },
      {
        type: "tool_answered",
        toolName: "t",
        toolCallId: "1",
        toolType: "client",
        isError: true,
        eventId: 2,
      },
    ],
    [
      { type: "error", error_event: { code: 1008, reason: "no", error_type: "value_error" } },
      { type: "conversation_failed", code: 1008, message: "no", errorType: "value_error" },
    ],
  ];
  for (const [frame, event] of cases) assert.deepEqual(readEvent(frame), event);
});

test("what is not known, or has no payload, is handed on as it is", () => {
  for (const raw of [{ type: "agent_typing", a: 1 }, { type: "audio" }, { type: "audio", audio_event: 3 }, {}]) {
    const name = "type" in raw ? raw.type : "";
    assert.deepEqual(readEvent(raw as never), { type: "unknown", name, raw });
  }
});
