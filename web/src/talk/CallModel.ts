/** A call with an agent: its microphone, its loudspeaker, what is said and how long it took. */
import { computed, signal } from "@preact/signals";
import type {
  ConversationEnded,
  ConversationEvent,
  Level,
  Loudspeaker,
  VoiceConversation,
} from "vivavoce";
import { LatencyLog } from "../latency/turns.ts";
import { Listeners } from "../parts/listeners.ts";
import { Link } from "../parts/link.ts";
import { SpeechClock } from "../parts/loudness.ts";
import type { Server } from "../server.ts";
import { told } from "../parts/failures.ts";
import { sdk } from "../parts/sdk.ts";
import { workletUrl } from "../parts/worklets.ts";
import { stepsOf } from "./server-steps.ts";
import { TurnClock } from "./turn-clock.ts";
import { heeded, written, type Line } from "./turn-line.ts";

export type CallState = "idle" | "starting" | "on" | "over";

interface Running {
  readonly call: VoiceConversation;
  readonly speaker: Loudspeaker;
  readonly leave: () => void;
}

export class CallModel {
  readonly agent = signal("");
  readonly withMicrophone = signal(true);
  readonly state = signal<CallState>("idle");
  readonly lines = signal<readonly Line[]>([]);
  /** Numbers of turns in the log, by the event ids of their answers. */
  readonly turns = signal<ReadonlyMap<number, number>>(new Map());
  readonly failure = signal<string | null>(null);
  readonly hungUpByAgent = signal(false);
  readonly isLive = computed(() => this.state.value === "starting" || this.state.value === "on");
  readonly link = new Link();
  readonly log = new LatencyLog();
  readonly callerLevels = new Listeners<Level>();
  readonly agentLevels = new Listeners<Level>();
  readonly #server: Server;
  #running: Running | null = null;
  #clock = new TurnClock();
  #speech = new SpeechClock();
  /** Where the next answer's first sound begins on the loudspeaker's clock; null while none waits. */
  #soundsAtS: number | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Calls the agent that was picked. */
  async start(): Promise<void> {
    this.state.value = "starting";
    this.failure.value = null;
    this.hungUpByAgent.value = false;
    this.lines.value = [];
    this.turns.value = new Map();
    this.#clock = new TurnClock();
    this.#speech = new SpeechClock();
    try {
      this.#running = await this.#prepare();
      await this.#running.call.connect();
      this.state.value = "on";
    } catch (error) {
      this.failure.value = told(error);
      this.state.value = "over";
    }
  }

  /** Hangs up. */
  async hangUp(): Promise<void> {
    await this.#running?.call.end();
  }

  /** The caller's turn, in writing. */
  async write(text: string): Promise<void> {
    const nowMs = performance.now();
    this.lines.value = written(this.lines.peek(), text);
    this.#clock.said(nowMs, nowMs, true);
    await this.#running?.call.sendText(text);
  }

  async #prepare(): Promise<Running> {
    const { Loudspeaker, Microphone, VoiceConversation } = await sdk();
    // One for both: the browser then knows what to take out of what the microphone hears.
    const context = new AudioContext({ latencyHint: "interactive" });
    const speaker = new Loudspeaker({ context, workletUrl });
    const microphone = this.withMicrophone.peek() ? new Microphone({ context, workletUrl }) : null;
    const call = new VoiceConversation({
      url: this.#server.origin,
      apiKey: this.#server.key.peek(),
      agentId: this.agent.peek(),
      sink: speaker,
      ...(microphone && { source: microphone }),
    });
    const offs: (() => void)[] = [
      this.link.follow(call),
      speaker.onProgress(({ level }) => {
        this.agentLevels.tell(level);
        this.#sounding(running);
      }),
      microphone?.onLevel((level) => this.#callerSounds(level)) ?? (() => undefined),
      () => void context.close(),
    ];
    const leave = (): void => offs.forEach((off) => off());
    const running: Running = { call, speaker, leave };
    void this.#heed(running);
    return running;
  }

  async #heed(running: Running): Promise<void> {
    for await (const event of running.call) {
      this.lines.value = heeded(this.lines.peek(), event);
      this.#time(event);
      if (event.type === "conversation_failed") this.failure.value = event.message;
      if (event.type === "conversation_ended") this.#ended(event);
    }
    this.#over(running);
  }

  #ended({ by, reason }: ConversationEnded): void {
    this.hungUpByAgent.value = by === "server";
    if (by === "failure") this.failure.value = reason;
  }

  #over(running: Running): void {
    running.leave();
    if (this.#running !== running) return;
    this.#running = null;
    this.state.value = "over";
    for (const levels of [this.callerLevels, this.agentLevels]) levels.tell({ rms: 0, peak: 0 });
  }

  #callerSounds(level: Level): void {
    this.callerLevels.tell(level);
    this.#speech.feed(level.rms, performance.now());
  }

  #time(event: ConversationEvent): void {
    const nowMs = performance.now();
    if (event.type === "user_transcript" && event.isFinal) {
      const { lastMs } = this.#speech;
      // What was written is not told again, and what nobody heard has no end.
      if (lastMs !== null) this.#clock.said(lastMs, nowMs, false);
    } else if (event.type === "agent_response") this.#clock.answered(event.eventId, nowMs);
    else if (event.type === "agent_speech") {
      if (this.#clock.sounds(event.eventId, nowMs)) this.#soundsAtS = event.playsAtS;
    }
  }

  /** The loudspeaker is at `playedS`; is the first sound of an answer behind it? */
  #sounding({ call, speaker }: Running): void {
    const startS = this.#soundsAtS;
    const { playedS } = speaker;
    if (startS === null || playedS <= startS) return;
    this.#soundsAtS = null;
    const turn = this.#clock.heard(performance.now() - (playedS - startS) * 1000);
    if (turn === null) return;
    const number = this.log.add(turn.headlineMs, turn.steps);
    this.turns.value = new Map(this.turns.peek()).set(turn.eventId, number);
    void this.#askServer(call.conversationId, turn.eventId, number, speaker.drained());
  }

  async #askServer(
    conversationId: string | null,
    eventId: number,
    number: number,
    heard: Promise<void>,
  ): Promise<void> {
    if (conversationId === null) return;
    await heard;
    this.log.extend(number, await stepsOf(this.#server, conversationId, eventId));
  }
}
