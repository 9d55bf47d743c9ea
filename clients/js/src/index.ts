/** Speech, transcription and conversation with a vivavoce server, over networks that fail. */
export type { AgentConfig } from "./agent-config.js";
export { AudioBuffer } from "./audio-buffer.js";
export { BackoffLaw, type BackoffOptions } from "./backoff.js";
export { systemClock, type Clock } from "./clock.js";
export { Connection } from "./connection.js";
export type { ConnectionOptions, Opening } from "./connection-options.js";
export { VoiceConversation, type VoiceConversationOptions } from "./conversation.js";
export type { ContextOptions } from "./devices/audio-context.js";
export { Loudspeaker, type LoudspeakerOptions } from "./devices/loudspeaker.js";
export { Microphone, type MicrophoneOptions } from "./devices/microphone.js";
export type { PlaybackProgress } from "./devices/playback-core.js";
export type { AudioSink, AudioSource, Level } from "./devices/sound.js";
export type { TimedProgress } from "./devices/worklet-messages.js";
export type { Ending } from "./ending.js";
export type * from "./events.js";
export {
  CannotConnect,
  ConnectionOver,
  isFatal,
  isSessionLost,
  ServerRefused,
  VivavoceError,
  type Failure,
} from "./failures.js";
export type { CallSetup } from "./initiation.js";
export { JitterBuffer, type JitterBufferOptions } from "./jitter-buffer.js";
export type { JsonObject, JsonValue } from "./json.js";
export {
  RealtimeTTS,
  type RealtimeTTSOptions,
  type SpeechContext,
  type TextSource,
  type UtteranceOptions,
} from "./realtime-tts.js";
export { dialWith, type Dial, type Socket, type SocketListener } from "./socket.js";
export type { Alignment, SpeechChunk } from "./speech-chunk.js";
export { SpokenText } from "./spoken-text.js";
export { ConnectionState, Restarted, type StateChange } from "./states.js";
export type { Tool, ToolCall, Tools } from "./tools.js";
export { Transcriber, type TranscriberOptions } from "./transcriber.js";
export type * from "./transcripts.js";
export type * as wire from "./wire.js";
