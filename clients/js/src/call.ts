/** What a conversation does with the server's frames, and what it says first; apart from any socket. */
import type { AgentVoice } from "./agent-voice.js";
import { CallMemory } from "./call-memory.js";
import type {
  ConversationEvent,
  ConversationFailed,
  ConversationStarted,
  SessionLost,
  ToolCalled,
} from "./events.js";
import type { Failure } from "./failures.js";
import { initiation, type CallSetup, type WithoutGreeting } from "./initiation.js";
import type { JsonObject } from "./json.js";
import { readEvent, type ReadEvent } from "./read-event.js";
import { runTool, type Tools } from "./tools.js";

// What was told to an agent and is told to the next one, should the session be lost.
const MOST_CONTEXTS = 100;
const POLICY_VIOLATION = 1008;

/** What a call needs of its surroundings. */
export interface CallEnds {
  readonly voice: AgentVoice;
  readonly tools: Tools;
  /** Rejects when the connection is over. */
  send(message: JsonObject): Promise<void>;
  /** Whether the server can resume, and so is one of ours. */
  hasSession(): boolean;
}

export class Call {
  readonly #setup: CallSetup;
  readonly #ends: CallEnds;
  readonly #memory = new CallMemory();
  #contexts: JsonObject[] = [];
  #running = new AbortController();
  #hasStarted = false;
  // Whether the agent lets the call go on without its greeting.
  #silence: "not asked for" | "asked for" | "granted" | "refused" = "not asked for";
  #failed: ConversationFailed | null = null;
  // The ids of a session that carries on begin anew; here they go on from these.
  #idsBefore = 0;
  #lastId = 0;
  #spokenId = 0;

  constructor(setup: CallSetup, ends: CallEnds) {
    this.#setup = setup;
    this.#ends = ends;
  }

  /** What the server said was wrong, before it closed. */
  get failed(): ConversationFailed | null {
    return this.#failed;
  }

  /** The messages that a session begins with. */
  opening(isRestart: boolean): JsonObject[] {
    if (!isRestart) return [initiation(this.#setup, null)];
    const soFar = this.#memory.soFar();
    const unanswered = this.#memory.unanswered();
    return [
      initiation(this.#setup, this.#memory.hasSpoken ? this.#askForSilence() : null),
      ...(soFar === null ? [] : [{ type: "contextual_update", text: soFar }]),
      ...this.#contexts,
      ...(unanswered === null ? [] : [{ type: "user_message", text: unanswered }]),
    ];
  }

  /** A turn in writing, as the message to send. */
  text(text: string): JsonObject {
    this.#memory.noteText(text);
    return { type: "user_message", text };
  }

  /** Something to know; of one id the newest counts. */
  context(text: string, contextId: string | undefined): JsonObject {
    const message = { type: "contextual_update", text };
    const named = contextId === undefined ? message : { ...message, context_id: contextId };
    const others = this.#contexts.filter(
      (other) => contextId === undefined || other["context_id"] !== contextId,
    );
    this.#contexts = [...others, named].slice(-MOST_CONTEXTS);
    return named;
  }

  /** Null where `eventId` is of a session that is lost; by default the answer that came last. */
  feedback(isGood: boolean | null, eventId = this.#spokenId): JsonObject | null {
    const id = eventId - this.#idsBefore;
    const score = isGood === null ? null : isGood ? "like" : "dislike";
    return id > 0 ? { type: "feedback", score, event_id: id } : null;
  }

  /** The next frame; null for what concerns nobody else. Rejects with what a device fails with. */
  async take(frame: JsonObject): Promise<ConversationEvent | null> {
    if (frame["type"] === "ping") {
      this.#pong(frame);
      return null;
    }
    const read = readEvent(frame);
    if (this.#isRefusedSilence(read)) return null;
    this.#memory.note(read);
    const event = this.#renumbered(read);
    if (event.type === "encoded_speech" || event.type === "agent_response") {
      this.#spokenId = event.eventId;
    }
    if (event.type === "encoded_speech") return this.#ends.voice.heard(event);
    await this.#heed(event);
    return event;
  }

  /** Whether all that the server refuses is the silence in place of a greeting; the next session has none. */
  forgives(failure: Failure): boolean {
    const isRefusal = failure.kind === "closed" && failure.code === POLICY_VIOLATION;
    if (!isRefusal || this.#silence !== "asked for" || this.#ends.hasSession()) return false;
    this.#silence = "refused";
    return true;
  }

  /** The server has forgotten the session, and another has begun; null where none had started yet. */
  restarted(reason: string): SessionLost | null {
    this.#running.abort();
    this.#running = new AbortController();
    this.#idsBefore = this.#lastId;
    this.#memory.restart();
    const isLoss = this.#hasStarted;
    this.#hasStarted = false;
    return isLoss ? { type: "session_lost", reason } : null;
  }

  /** Nobody waits for a tool's result any more. */
  over(): void {
    this.#running.abort();
  }

  #askForSilence(): WithoutGreeting {
    if (this.#silence === "refused") return "own";
    this.#silence = "asked for";
    return "any";
  }

  #isRefusedSilence(event: ReadEvent): boolean {
    const mayBe = this.#silence === "asked for" || this.#silence === "refused";
    return mayBe && event.type === "conversation_failed" && event.errorType === "override_error";
  }

  async #heed(event: Exclude<ReadEvent, { type: "encoded_speech" }>): Promise<void> {
    switch (event.type) {
      case "conversation_started":
        return this.#begin(event);
      case "interruption":
        return this.#ends.voice.interrupt(event.eventId);
      case "tool_called":
        return void this.#run(event, this.#running.signal);
      case "conversation_failed":
        this.#failed = event;
    }
  }

  async #begin({ agentOutputAudioFormat }: ConversationStarted): Promise<void> {
    this.#hasStarted = true;
    if (this.#silence === "asked for") this.#silence = "granted";
    if (!this.#setup.textOnly) await this.#ends.voice.begin(agentOutputAudioFormat);
  }

  #pong(frame: JsonObject): void {
    const asked = frame["ping_event"];
    const eventId = typeof asked === "object" && asked && "event_id" in asked ? asked.event_id : null;
    this.#say({ type: "pong", event_id: eventId ?? null });
  }

  async #run({ toolName, toolCallId, eventId, parameters }: ToolCalled, signal: AbortSignal): Promise<void> {
    const result = await runTool(this.#ends.tools, parameters, {
      toolName,
      toolCallId,
      eventId,
      signal,
    });
    if (!signal.aborted) this.#say(result);
  }

  // Where the connection is over, whoever reads from it is told.
  #say(message: JsonObject): void {
    this.#ends.send(message).catch(() => undefined);
  }

  #renumbered(event: ReadEvent): ReadEvent {
    if (!("eventId" in event) || event.eventId === 0) return event;
    const eventId = event.eventId + this.#idsBefore;
    this.#lastId = Math.max(this.#lastId, eventId);
    return { ...event, eventId };
  }
}
