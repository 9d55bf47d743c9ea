/** A conversation with an agent: the caller's sound and text in, the agent's out. */
import { AgentVoice } from "./agent-voice.js";
import { encodeBase64 } from "./base64.js";
import { Call } from "./call.js";
import type { VoiceConversationOptions } from "./conversation-options.js";
import { doorAt } from "./door.js";
import { endError, ending } from "./ending.js";
import type {
  ConversationEnded,
  ConversationEvent,
  ConversationStarted,
} from "./events.js";
import { ConnectionOver, type Failure, isFatal, VivavoceError } from "./failures.js";
import type { JsonObject } from "./json.js";
import { later } from "./later.js";
import { Live } from "./live.js";
import { encodeSamples, sampleFormat, type SampleFormat } from "./pcm.js";
import { ConnectionState, Restarted } from "./states.js";
import { Uplink } from "./uplink.js";

export type { VoiceConversationOptions } from "./conversation-options.js";

const PATH = "/v1/convai/conversation";
// As long as a server keeps a session whose client is away.
const HELD_S = 30;

/**
 * A call. It survives its socket where the server can resume it. Where it cannot, another session
 * carries on, told what had been said: nobody is greeted twice, and what the caller said last is
 * answered then, if it was not before.
 *
 * Whoever iterates over it gets every event; `on` tells them by type. Neither holds up the call.
 */
export class VoiceConversation extends Live<ConversationEvent> {
  readonly #options: VoiceConversationOptions;
  readonly #call: Call;
  readonly #voice: AgentVoice;
  readonly #uplink = new Uplink((samples) => this.#sendSamples(samples), HELD_S);
  readonly #started = later<null>();
  #current: ConversationStarted | null = null;
  #inputFormat: SampleFormat | null = null;
  #isListening = false;
  #isMuted = false;
  #isCalled = false;
  #isLeaving = false;

  /** @throws TypeError if `url` is none. */
  constructor(options: VoiceConversationOptions = {}) {
    const { signedUrl, agentId: agent_id } = options;
    const door =
      signedUrl === undefined
        ? doorAt(options.url, PATH, { agent_id }, options.apiKey)
        : doorAt(signedUrl, PATH, {});
    const isHopeless = options.connection?.isFatal ?? isFatal;
    super(door, (isRestart) => this.#opening(isRestart), {
      ...options.connection,
      isFatal: (failure: Failure) => !this.#call.forgives(failure) && isHopeless(failure),
    });
    this.#options = options;
    this.#voice = new AgentVoice(options.textOnly ? undefined : options.sink);
    this.#call = new Call(options, {
      voice: this.#voice,
      tools: options.tools ?? {},
      send: (message) => this.connection.send(message),
      hasSession: () => this.connection.sessionId !== null,
    });
    this.connection.onState(() => this.#openUplink());
  }

  get conversationId(): string | null {
    return this.#current?.conversationId ?? null;
  }

  /** Hz of what `sendAudio` takes; null until the agent is there. */
  get inputSampleRate(): number | null {
    return this.#inputFormat?.sampleRate ?? null;
  }

  /** Seconds of the caller's sound that were never sent: the connection was away for over 30 s. */
  get lostSoundS(): number {
    return this.#uplink.lostS;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /**
   * Gets the devices and calls the agent; resolves when it is there.
   *
   * Rejects with CannotConnect, with ServerRefused where the server says why, with what a device
   * fails with, and with ConnectionOver for a call that has been held or hung up.
   */
  async connect(): Promise<void> {
    if (this.#isCalled) throw new ConnectionOver("a conversation is held once");
    this.#isCalled = true;
    try {
      if (!this.#options.textOnly) await this.#openDevices();
      await this.connection.open();
    } catch (error) {
      await this.#finish(error);
      throw error;
    }
    const failure = await this.begun(Promise.race([this.#started.promise, this.#hold()]));
    if (failure === null) return;
    await this.close();
    throw failure;
  }

  /** Hangs up, and the agent falls silent. A tool may do so, too. */
  async end(): Promise<void> {
    this.#isLeaving = true;
    this.#options.sink?.clear();
    await this.connection.close();
    if (!this.#isCalled) await this.#finish(null);
    this.#isCalled = true;
  }

  /** The same, and resolves when the call is over and its devices are released. */
  async close(): Promise<void> {
    await this.end();
    await this.done;
  }

  /** A turn in writing, which interrupts the agent. Rejects with ConnectionOver. */
  async sendText(text: string): Promise<void> {
    await this.connection.send(this.#call.text(text));
  }

  /** The caller's sound where there is no source: 16-bit mono, as fast as it sounds. */
  sendAudio(samples: Int16Array): void {
    if (this.#inputFormat === null) throw new ConnectionOver("the agent is not there yet");
    this.#uplink.push(this.#isMuted ? new Int16Array(samples.length) : samples);
  }

  /** Something to know and not to answer; of one `contextId` the newest counts. */
  async contextualUpdate(text: string, contextId?: string): Promise<void> {
    await this.connection.send(this.#call.context(text, contextId));
  }

  /** Somebody is there, and typing: the agent does not speak up. */
  async userActivity(): Promise<void> {
    await this.connection.send({ type: "user_activity" });
  }

  /**
   * What the caller thinks of an answer, by default the last one; null takes it back. Rejects with
   * ConnectionOver, also for an answer of a session that is lost.
   */
  async feedback(isGood: boolean | null, eventId?: number): Promise<void> {
    const message = this.#call.feedback(isGood, eventId);
    if (message === null) throw new ConnectionOver("there is no such turn any more");
    await this.connection.send(message);
  }

  /** The agent gets silence from the caller, or hears it again. */
  mute(isMuted = true): void {
    this.#isMuted = isMuted;
  }

  async #openDevices(): Promise<void> {
    await Promise.all([this.#options.source?.open?.(), this.#options.sink?.open?.()]);
  }

  /** Until the call is over; gives what `connect` fails with where that comes too soon. */
  async #hold(): Promise<Error> {
    try {
      for await (const frame of this.connection) {
        if (frame instanceof Restarted) this.#restarted(frame.reason);
        else await this.#take(frame);
      }
    } catch (error) {
      return this.#finish(error);
    }
    return this.#finish(null);
  }

  async #take(frame: JsonObject): Promise<void> {
    const event = await this.#call.take(frame);
    if (event === null) return;
    if (event.type === "conversation_started") await this.#begin(event);
    this.announcer.announce(event);
  }

  async #begin(started: ConversationStarted): Promise<void> {
    this.#current = started;
    const format = sampleFormat(started.userInputAudioFormat);
    if (format.sampleRate !== this.#inputFormat?.sampleRate) {
      this.#uplink.begin(format.sampleRate);
      this.#inputFormat = format;
      if (!this.#options.textOnly) await this.#startSource(format.sampleRate);
    }
    this.#inputFormat = format;
    this.#isListening = true;
    this.#openUplink();
    this.#started.resolve(null);
  }

  async #startSource(sampleRate: number): Promise<void> {
    await this.#options.source?.start(sampleRate, (samples) => this.sendAudio(samples));
  }

  #restarted(reason: string): void {
    this.#isListening = false;
    this.#openUplink();
    const lost = this.#call.restarted(reason);
    if (lost !== null) this.announcer.announce(lost);
    if (this.#options.restart === false) throw new VivavoceError(`The call was lost: ${reason}.`);
  }

  #opening(isRestart: boolean): JsonObject[] {
    return isRestart && this.#options.restart === false ? [] : this.#call.opening(isRestart);
  }

  #openUplink(): void {
    this.#uplink.open(this.#isListening && this.state === ConnectionState.OPEN);
  }

  async #sendSamples(samples: Int16Array): Promise<void> {
    if (this.#inputFormat === null) return;
    const audio = encodeBase64(encodeSamples(samples, this.#inputFormat));
    await this.connection.send({ user_audio_chunk: audio });
  }

  async #finish(error: unknown): Promise<Error> {
    const { failed } = this.#call;
    const ended = ending(this.#isLeaving, error, failed, this.connection);
    this.#call.over();
    this.#isListening = false;
    const isSilent = ended.by !== "server";
    await Promise.allSettled([this.#options.source?.release(), this.#voice.release(isSilent)]);
    await this.connection.close();
    const event: ConversationEnded = { type: "conversation_ended", ...ended };
    this.announcer.announce(event);
    this.announcer.over();
    this.ended.resolve(event);
    return endError(error, failed, ended);
  }
}
