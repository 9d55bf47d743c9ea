/** An agent that greets and answers what is written to it, with sound where that is wanted. */
import type { FakeServerOptions, FakeSession, Frame } from "./fake-server.js";

export const STARTED: Frame = {
  type: "conversation_initiation_metadata",
  conversation_initiation_metadata_event: {
    conversation_id: "conv_1",
    agent_output_audio_format: "pcm_16000",
    user_input_audio_format: "pcm_16000",
  },
};

/** A tenth of a second, each of whose samples is `value`. */
export function sound(value: number): string {
  const bytes = Buffer.alloc(3200);
  for (let at = 0; at < bytes.length; at += 2) bytes.writeInt16LE(value, at);
  return bytes.toString("base64");
}

export function speech(eventId: number, chars = "", value = eventId): Frame {
  const count = chars.length;
  const alignment = {
    chars: [...chars],
    char_start_times_ms: Array.from({ length: count }, (_, n) => n * 10),
    char_durations_ms: Array.from({ length: count }, () => 10),
  };
  return {
    type: "audio",
    audio_event: {
      audio_base_64: sound(value),
      event_id: eventId,
      ...(count > 0 && { alignment }),
    },
  };
}

export function response(text: string, eventId: number): Frame {
  return { type: "agent_response", agent_response_event: { agent_response: text, event_id: eventId } };
}

export function interruption(eventId: number): Frame {
  return { type: "interruption", interruption_event: { event_id: eventId } };
}

/** The first message of a client, as it asks for an agent. */
export function override(session: FakeSession): Frame {
  return session.heard[0]?.["conversation_config_override"] as Frame;
}

/** The `user_message`s that a session has heard. */
export function written(session: FakeSession): unknown[] {
  return session.heard.filter(({ type }) => type === "user_message").map(({ text }) => text);
}

export function fakeAgent(options: FakeServerOptions = {}): FakeServerOptions {
  const ids = new Map<FakeSession, number>();
  const answer = (session: FakeSession, text: string): void => {
    const id = (ids.get(session) ?? 0) + 1;
    ids.set(session, id);
    session.say(speech(id, text));
    session.say(response(text, id));
  };
  return {
    grantFrame: STARTED,
    ...options,
    onOpen: (session) => {
      if (!session.grants) session.say(STARTED);
      options.onOpen?.(session);
    },
    onMessage: (session, message) => {
      if (message["type"] === "conversation_initiation_client_data") {
        const agent = override(session)["agent"] as Frame | undefined;
        const greeting = String(agent?.["first_message"] ?? "Hello!");
        if (greeting !== "") answer(session, greeting);
      }
      if (message["type"] === "user_message") {
        // A turn of the caller's has an id of its own.
        ids.set(session, (ids.get(session) ?? 0) + 1);
        answer(session, `You said: ${String(message["text"])}`);
      }
      options.onMessage?.(session, message);
    },
  };
}
