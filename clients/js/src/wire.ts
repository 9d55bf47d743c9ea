/**
 * What travels, as the server's own code has it. Written by scripts/generate_client_types.py:
 * change the server and run that, not this.
 */
import type { JsonValue } from "./json.js";

/** The last number that its sender has had, of either side. */
export interface Acknowledged {
  readonly type: "ack";
  readonly ack: number;
}

/** `audio`: a piece of the agent's speech in the call's output format. */
export interface AgentAudio {
  readonly audio_base_64: string;
  readonly event_id: number;
  readonly alignment?: { readonly [key: string]: JsonValue };
}

/** `agent_response_correction`: what was heard of an answer that was interrupted. */
export interface AgentCorrection {
  readonly original_agent_response: string;
  readonly corrected_agent_response: string;
  readonly event_id?: number;
}

/** `agent_response`: all that the agent says in a turn. */
export interface AgentResponse {
  readonly agent_response: string;
  readonly event_id?: number;
}

/** Three lists of equal length; times are ms from the start of the frame's audio. */
export interface Alignment {
  readonly chars: readonly string[];
  readonly charStartTimesMs: readonly number[];
  readonly charDurationsMs: readonly number[];
}

/** `conversation_initiation_metadata`; formats are `pcm_<rate>` or `ulaw_<rate>`. */
export interface CallStarted {
  readonly conversation_id: string;
  readonly agent_output_audio_format: string;
  readonly user_input_audio_format?: string;
}

/** One character; times in seconds. */
export interface Character {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `agent_chat_response_part`: `kind` is start, delta or stop. */
export interface ChatPart {
  readonly text: string;
  readonly type: string;
  readonly event_id?: number;
}

/** Who says that a segment is complete: the caller, or a silence. */
export type CommitStrategy = "manual" | "vad";

export interface CommittedTranscript {
  readonly message_type: "committed_transcript";
  readonly text: string;
}

/** All that was flushed has been spoken; sent where the query has `flush_done=true`. */
export interface FlushDone {
  readonly type: "flush_done";
  readonly contextId: string;
  readonly context_id: string;
}

/** When generations start. */
export interface GenerationConfig {
  readonly chunk_length_schedule?: readonly number[] | null;
}

/** Answered at once by the same. */
export interface Heartbeat {
  readonly type: "heartbeat";
  readonly id: number;
}

/** `interruption`: sound of this id and of smaller ones is void. */
export interface Interruption {
  readonly event_id: number;
}

/** Which dictionary to read by; the newest version of it where `version_id` is null. */
export interface Locator {
  readonly pronunciation_dictionary_id: string;
  readonly version_id?: string | null;
}

export interface PartialTranscript {
  readonly message_type: "partial_transcript";
  readonly text: string;
}

/** `ping`: `ping_ms` may be null and must not be absent. */
export interface Ping {
  readonly event_id: number;
  readonly ping_ms: number | null;
}

/** `error`: a close frame of the same `code` follows. */
export interface ServerError {
  readonly code: number;
  readonly message: string;
  readonly error_type?: string;
}

/** What holds for a connection, as its first frame says it. */
export interface SessionConfig {
  readonly sample_rate: number;
  readonly audio_format: string;
  readonly language_code: string | null;
  readonly commit_strategy: CommitStrategy;
  readonly vad_commit_strategy: CommitStrategy;
  readonly vad_silence_threshold_secs: number;
  readonly vad_threshold: number;
  readonly min_speech_duration_ms: number;
  readonly min_silence_duration_ms: number;
  readonly model_id: string;
  readonly enable_logging: boolean;
  readonly include_timestamps: boolean;
  readonly include_language_detection: boolean;
  readonly no_verbatim: boolean;
  readonly keyterms?: readonly string[];
  readonly secondary_languages?: readonly string[];
  readonly filter_background_audio?: boolean;
}

/** What a client needs to come back within `window_ms` of a lost socket. */
export interface SessionGrant {
  readonly id: string;
  readonly token: string;
  readonly window_ms: number;
}

/** The first frame of a session where none of the protocol's own can carry the grant. */
export interface SessionGranted {
  readonly type: "session";
  readonly seq: number;
  readonly ack: number;
  readonly session: SessionGrant;
}

/** The first frame for a client that came back; `ack` is the last that the server has of it. */
export interface SessionResumed {
  readonly type: "session";
  readonly resumed: true;
  readonly ack: number;
}

/** What was wrong with what a context, or the connection, was sent. */
export interface SpeechError {
  readonly message: string;
  readonly error: string;
  readonly code: number;
  readonly param?: string | null;
  readonly contextId?: string | null;
  readonly context_id?: string | null;
}

/** Speech of a context, in base64; the last frame of a context has `isFinal` and no audio. */
export interface SpeechFrame {
  readonly audio: string | null;
  readonly isFinal: true | null;
  readonly contextId: string;
  readonly context_id: string;
  readonly alignment?: Alignment | null;
  readonly normalizedAlignment?: Alignment | null;
}

/** The keys of a socket with contexts. */
export interface SpeechMessage {
  readonly text?: string | null;
  readonly flush?: boolean | null;
  readonly try_trigger_generation?: boolean | null;
  readonly voice_settings?: { readonly [key: string]: JsonValue } | null;
  readonly generation_config?: GenerationConfig | null;
  readonly generator_config?: GenerationConfig | null;
  readonly pronunciation_dictionary_locators?: readonly Locator[] | null;
  readonly voice_id?: string | null;
  readonly xi_api_key?: string | null;
  readonly "xi-api-key"?: string | null;
  readonly authorization?: string | null;
  readonly single_use_token?: string | null;
  readonly context_id?: string | number | null;
  readonly contextId?: string | number | null;
  readonly close_context?: boolean | null;
  readonly close_socket?: boolean | null;
}

/** `tentative_user_transcript`: what it has heard of it so far. */
export interface TentativeUserTranscript {
  readonly user_transcript: string;
  readonly event_id?: number;
}

export interface TimedTranscript {
  readonly message_type: "committed_transcript_with_timestamps";
  readonly text: string;
  readonly language_code: string | null;
  readonly words: readonly Word[] | null;
}

/** `client_tool_call`: the client is to run a tool. */
export interface ToolCall {
  readonly tool_name: string;
  readonly tool_call_id: string;
  readonly parameters: { readonly [key: string]: JsonValue };
  readonly event_id?: number;
}

export interface TranscriberError {
  readonly message_type: string;
  readonly error: string;
  readonly message: string;
}

export interface TranscriberMessage {
  readonly audio_base_64?: string | null;
  readonly audio_base64?: string | null;
  readonly commit?: boolean | null;
  readonly previous_text?: string | null;
}

export interface TranscriberStarted {
  readonly message_type: "session_started";
  readonly session_id: string;
  readonly config: SessionConfig;
}

/** `user_transcript`: what the server heard of a turn. */
export interface UserTranscript {
  readonly user_transcript: string;
  readonly event_id?: number;
}

/** Settings of a voice, all of them; those of the protocol when nobody set any. */
export interface VoiceSettings {
  readonly stability?: number;
  readonly similarity_boost?: number;
  readonly style?: number;
  readonly use_speaker_boost?: boolean;
  readonly speed?: number;
}

/**
 * A word, or what stands between two of them; the texts of all joined are the transcript's.
 *
 * Times are in seconds. `logprob` is 0 for what stands between words.
 */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly type: "spacing" | "word";
  readonly speaker_id: string | null;
  readonly logprob: number;
  readonly characters?: readonly Character[] | null;
  readonly channel_index?: number | null;
}

/** What a server says in a conversation; there may be other types. */
export type ConversationFrame =
  | { readonly type: "conversation_initiation_metadata"; readonly conversation_initiation_metadata_event: CallStarted }
  | { readonly type: "audio"; readonly audio_event: AgentAudio }
  | { readonly type: "user_transcript"; readonly user_transcription_event: UserTranscript }
  | { readonly type: "tentative_user_transcript"; readonly tentative_user_transcription_event: TentativeUserTranscript }
  | { readonly type: "agent_response"; readonly agent_response_event: AgentResponse }
  | { readonly type: "agent_response_correction"; readonly agent_response_correction_event: AgentCorrection }
  | { readonly type: "agent_chat_response_part"; readonly text_response_part: ChatPart }
  | { readonly type: "interruption"; readonly interruption_event: Interruption }
  | { readonly type: "ping"; readonly ping_event: Ping }
  | { readonly type: "client_tool_call"; readonly client_tool_call: ToolCall }
  | { readonly type: "error"; readonly error_event: ServerError };
