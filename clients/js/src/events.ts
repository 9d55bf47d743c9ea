/**
 * What happens in a conversation, told apart by `type`. Event ids are those of turns, and only grow
 * within a session; 0 where the server says none.
 */
import type { Ending } from "./ending.js";
import type { JsonObject } from "./json.js";

/** The agent is there. After `session_lost` it comes once more, with another conversation's id. */
export interface ConversationStarted {
  readonly type: "conversation_started";
  readonly conversationId: string;
  /** `pcm_<Hz>` (16-bit little-endian mono) or `ulaw_<Hz>`. */
  readonly agentOutputAudioFormat: string;
  readonly userInputAudioFormat: string;
}

/** When each character begins and how long it sounds, in ms from the beginning of its piece. */
export interface SpeechAlignment {
  readonly chars: readonly string[];
  readonly startsMs: readonly number[];
  readonly durationsMs: readonly number[];
}

/** A piece of the agent's speech. */
export interface AgentSpeech {
  readonly type: "agent_speech";
  readonly eventId: number;
  /** 16-bit mono PCM, whatever the wire has. */
  readonly samples: Int16Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly alignment: SpeechAlignment | null;
  /** Where it begins on the clock of the sink's `playedS`, in seconds; null without a sink. */
  readonly playsAtS: number | null;
}

/** What the agent heard; one that is not final is replaced by the next. */
export interface UserTranscript {
  readonly type: "user_transcript";
  readonly eventId: number;
  readonly text: string;
  readonly isFinal: boolean;
}

/** All that the agent says in its turn. */
export interface AgentResponse {
  readonly type: "agent_response";
  readonly eventId: number;
  readonly text: string;
}

/** What was heard of an answer that was interrupted; nothing of it if `corrected` is empty. */
export interface AgentResponseCorrection {
  readonly type: "agent_response_correction";
  readonly eventId: number;
  readonly original: string;
  readonly corrected: string;
}

/** In a call in writing, the answer as it comes; only a `delta` has text. */
export interface AgentTextPart {
  readonly type: "agent_text_part";
  readonly eventId: number;
  readonly kind: "start" | "delta" | "stop";
  readonly text: string;
}

/** The caller has barged in; what was queued of this id and of smaller ones has been dropped. */
export interface Interruption {
  readonly type: "interruption";
  readonly eventId: number;
}

/** The agent calls a tool of this client, which runs if there is one of that name. */
export interface ToolCalled {
  readonly type: "tool_called";
  readonly eventId: number;
  readonly toolName: string;
  readonly toolCallId: string;
  readonly parameters: JsonObject;
}

/** A tool has run, here or at the server. */
export interface ToolAnswered {
  readonly type: "tool_answered";
  readonly eventId: number;
  readonly toolName: string;
  readonly toolCallId: string;
  /** `client`, `webhook`, `system` or `mcp`. */
  readonly toolType: string;
  readonly isError: boolean;
}

/** How likely somebody is speaking, 0 to 1. */
export interface VadScore {
  readonly type: "vad_score";
  readonly score: number;
}

/** The server ends the call; `code` is what it closes the socket with. */
export interface ConversationFailed {
  readonly type: "conversation_failed";
  readonly code: number;
  readonly message: string;
  readonly errorType: string;
}

/** Any other message of the server's. */
export interface UnknownEvent {
  readonly type: "unknown";
  readonly name: string;
  readonly raw: JsonObject;
}

/** The server has forgotten this conversation; a new one carries it on, told what had been said. */
export interface SessionLost {
  readonly type: "session_lost";
  readonly reason: string;
}

/** The call is over, and nothing follows. */
export interface ConversationEnded extends Ending {
  readonly type: "conversation_ended";
}

/** What the server says. */
export type ServerEvent =
  | ConversationStarted
  | AgentSpeech
  | UserTranscript
  | AgentResponse
  | AgentResponseCorrection
  | AgentTextPart
  | Interruption
  | ToolCalled
  | ToolAnswered
  | VadScore
  | ConversationFailed
  | UnknownEvent;

export type ConversationEvent = ServerEvent | SessionLost | ConversationEnded;
