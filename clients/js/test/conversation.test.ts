import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BackoffLaw,
  CannotConnect,
  ConnectionOver,
  ServerRefused,
  VoiceConversation,
  type ConversationEvent,
  type VoiceConversationOptions,
} from "../dist/index.js";
import { fakeAgent, interruption, override, response, speech, STARTED, written } from "./fake-agent.js";
import { FakeSink, FakeSource } from "./fake-devices.js";
import { FakeServer, type FakeServerOptions, seeded, until } from "./fake-server.js";

const connection = { backoff: new BackoffLaw({ floorS: 0.005, giveUpAfterS: 20 }) };

interface Held {
  readonly server: FakeServer;
  readonly conversation: VoiceConversation;
  readonly events: ConversationEvent[];
  of<Type extends ConversationEvent["type"]>(
    type: Type,
  ): Extract<ConversationEvent, { readonly type: Type }>[];
  texts(): string[];
}

/** A call with a fake agent, from its beginning to the end of `use`. */
async function call(
  options: VoiceConversationOptions,
  agent: FakeServerOptions,
  use: (held: Held) => Promise<void>,
): Promise<void> {
  const server = await FakeServer.start(fakeAgent(agent));
  const url = `http://127.0.0.1:${server.port}`;
  const conversation = new VoiceConversation({ url, connection, ...options });
  const events: ConversationEvent[] = [];
  const reading = (async () => {
    for await (const event of conversation) events.push(event);
  })();
  const of: Held["of"] = (type) => events.filter((event) => event.type === type) as never;
  try {
    await conversation.connect();
    await until(() => of("agent_response").length > 0, "no greeting");
    await use({ server, conversation, events, of, texts: () => of("agent_response").map(({ text }) => text) });
  } finally {
    await conversation.close();
    await reading;
    await server.stop();
  }
}

test("an agent in the short shape becomes the override of the first message", async () => {
  const agentConfig = {
    agent: {
      prompt: { text: "Be kind.", temperature: 0.7 },
      first_message: "Hi {{name}}!",
      language: "en",
      voice: { voice_id: "Viola" },
    },
  };
  await call({ agentConfig, agentId: "reception", dynamicVariables: { name: "Ann" }, apiKey: "k" }, {}, async (held) => {
    const { server } = held;
    assert.equal(server.handshakes[0]?.headers["xi-api-key"], "k");
    assert.equal(server.last.query.get("agent_id"), "reception");
    assert.deepEqual(server.last.heard[0]?.["dynamic_variables"], { name: "Ann" });
    assert.deepEqual(override(server.last), {
      agent: { first_message: "Hi {{name}}!", language: "en", prompt: { prompt: "Be kind.", temperature: 0.7 } },
      tts: { voice_id: "Viola" },
    });
  });
});

test("a conversation is told as events, to listeners and to whoever iterates", async () => {
  await call({}, {}, async ({ conversation, events, texts }) => {
    const heard: string[] = [];
    const off = conversation.on("agent_response", ({ text }) => heard.push(text));
    await conversation.sendText("one");
    await until(() => texts().length === 2);
    off();
    await conversation.sendText("two");
    await until(() => texts().length === 3);
    assert.deepEqual(texts(), ["Hello!", "You said: one", "You said: two"]);
    assert.deepEqual(heard.slice(-1), ["You said: one"]);
    assert.equal(events[0]?.type, "conversation_started");
    assert.equal(conversation.conversationId, "conv_1");
  });
});

test("events that come with the first one reach who iterates after connecting", async () => {
  const server = await FakeServer.start(fakeAgent());
  const conversation = new VoiceConversation({ url: server.url.replace("/v1/test", ""), connection });
  await conversation.connect();
  const types: string[] = [];
  for await (const { type } of conversation) {
    types.push(type);
    if (type === "agent_response") break;
  }
  assert.deepEqual(types, ["conversation_started", "agent_speech", "agent_response"]);
  await conversation.close();
  await server.stop();
});

test("pings are answered", async () => {
  await call({}, {}, async ({ server }) => {
    server.last.say({ type: "ping", ping_event: { event_id: 9, ping_ms: null } });
    await until(() => server.last.heard.some(({ type }) => type === "pong"));
    assert.deepEqual(server.last.heard.at(-1), { type: "pong", event_id: 9 });
  });
});

test("an interruption drops what is queued up to its id, and what comes of it later", async () => {
  const sink = new FakeSink();
  await call({ sink }, {}, async ({ server, of }) => {
    for (const id of [4, 4, 5]) server.last.say(speech(id));
    server.last.say(interruption(4));
    server.last.say(speech(4));
    server.last.say(speech(6));
    await until(() => of("agent_speech").at(-1)?.eventId === 6);
    assert.deepEqual(sink.queue.map(({ eventId }) => eventId), [5, 6]);
    assert.deepEqual(of("agent_speech").map(({ eventId }) => eventId), [1, 4, 4, 5, 6]);
  });
});

test("speech says where it will be played, and what it is at which rate", async () => {
  const sink = new FakeSink();
  await call({ sink }, {}, async ({ server, of }) => {
    server.last.say(speech(2, "hi", -300));
    await until(() => of("agent_speech").length === 2);
    const { samples, sampleRate, playsAtS, alignment } = of("agent_speech")[1]!;
    assert.deepEqual([samples.length, samples[0], sampleRate, playsAtS], [1600, -300, 16000, 0.1]);
    assert.deepEqual(alignment, { chars: ["h", "i"], startsMs: [0, 10], durationsMs: [10, 10] });
  });
});

test("the source's sound is sent at the server's rate, and silence where it is muted", async () => {
  const source = new FakeSource();
  await call({ source }, {}, async ({ server, conversation }) => {
    const audio = (): string =>
      server.last.heard.map((message) => String(message["user_audio_chunk"] ?? "")).join("");
    source.hear(1);
    await until(() => audio().length > 0);
    assert.equal(source.sampleRate, 16000);
    assert.equal(Buffer.from(audio(), "base64").readInt16LE(0), 1);
    const before = audio().length;
    conversation.mute();
    source.hear(2);
    await until(() => audio().length > before);
    assert.equal(Buffer.from(audio().slice(before), "base64").readInt16LE(0), 0);
  });
  assert.ok(source.isReleased);
});

test("tools run side by side, and what they give or throw goes back", async () => {
  const aborted: string[] = [];
  const tools = {
    weather: async ({ city }: { city?: unknown }) => `windy in ${String(city)}`,
    door: () => {
      throw new Error("it is stuck");
    },
    nothing: () => undefined,
    never: (_: object, { signal, toolName }: { signal: AbortSignal; toolName: string }) =>
      new Promise<string>((resolve) => {
        signal.addEventListener("abort", () => {
          aborted.push(toolName);
          resolve("too late");
        });
      }),
  };
  let results: Record<string, unknown>[] = [];
  await call({ tools }, {}, async ({ server, of }) => {
    for (const name of ["never", "weather", "door", "nothing", "unknown", "toString"]) {
      const client_tool_call = { tool_name: name, tool_call_id: name, parameters: { city: "Rome" }, event_id: 2 };
      server.last.say({ type: "client_tool_call", client_tool_call });
    }
    await until(() => server.last.heard.filter(({ type }) => type === "client_tool_result").length === 5);
    assert.equal(of("tool_called").length, 6);
    results = server.last.heard.filter(({ type }) => type === "client_tool_result");
  });
  const told = new Map(results.map(({ tool_call_id, result, is_error }) => [tool_call_id, [result, is_error]]));
  assert.deepEqual(told.get("weather"), ["windy in Rome", false]);
  assert.deepEqual(told.get("door"), ["Error: it is stuck", true]);
  assert.deepEqual(told.get("nothing"), [null, false]);
  assert.equal(told.get("unknown")?.[1], true);
  assert.equal(told.get("toString")?.[1], true);
  assert.deepEqual(aborted, ["never"]);
});

test("whatever is cut, nobody is greeted twice and no turn is answered twice", async () => {
  const random = seeded(11);
  let isStormy = true;
  const afterFrame: FakeServerOptions["afterFrame"] = (session) => {
    if (isStormy && random() < 0.1) session.cut();
  };
  const turns = Array.from({ length: 40 }, (_, n) => `turn ${n}`);
  const sink = new FakeSink();
  await call({ sink }, { afterFrame }, async ({ server, conversation, texts, of }) => {
    for (const [n, turn] of turns.entries()) {
      await conversation.sendText(turn);
      if (random() < 0.3) conversation.cut();
      await until(() => texts().length === n + 2);
    }
    isStormy = false;
    assert.deepEqual(texts(), ["Hello!", ...turns.map((turn) => `You said: ${turn}`)]);
    assert.deepEqual(sink.queue.map(({ eventId }) => eventId), Array.from({ length: 41 }, (_, n) => 2 * n + 1));
    assert.deepEqual(written(server.last), turns);
    assert.equal(server.sessions.length, 1);
    assert.ok(server.handshakes.length > 5);
    assert.equal(of("session_lost").length, 0);
  });
});

test("a session that is lost is carried on: no greeting, what was said, and the open turn once", async () => {
  const source = new FakeSource();
  const agent = fakeAgent();
  const server = await FakeServer.start({
    ...agent,
    onMessage: (session, message) => {
      const isFirst = session === server.sessions[0];
      if (isFirst && message["text"] === "open") return;
      agent.onMessage?.(session, message);
    },
  });
  const conversation = new VoiceConversation({
    url: `http://127.0.0.1:${server.port}`,
    connection,
    source,
    agentConfig: { agent: { first_message: "Good day." } },
  });
  const texts: string[] = [];
  const lost: string[] = [];
  const ids: number[] = [];
  conversation.on("agent_response", ({ text, eventId }) => {
    texts.push(text);
    ids.push(eventId);
  });
  conversation.on("session_lost", ({ reason }) => lost.push(reason));
  await conversation.connect();
  await until(() => texts.length === 1);
  await conversation.contextualUpdate("It rains.", "weather");
  await conversation.contextualUpdate("It snows.", "weather");
  await conversation.sendText("answered");
  await until(() => texts.length === 2);
  await conversation.sendText("open");
  await until(() => written(server.last).length === 2);
  server.refusals.push(4404);
  server.last.cut();
  await until(() => texts.length === 3);
  const [, second] = server.sessions;
  assert.deepEqual(texts, ["Good day.", "You said: answered", "You said: open"]);
  assert.equal(lost.length, 1);
  assert.deepEqual(written(second!), ["open"]);
  const told = second!.heard.filter(({ type }) => type === "contextual_update").map(({ text }) => String(text));
  assert.match(told[0]!, /Agent: Good day\.\nUser: answered\nAgent: You said: answered$/);
  assert.deepEqual(told.slice(1), ["It snows."]);
  assert.equal(source.starts, 1);
  assert.ok(ids.every((id, n) => n === 0 || id > ids[n - 1]!), `ids ${ids.join()}`);
  await conversation.close();
  await server.stop();
});

test("a server that cannot resume gets the same, and its agent does not greet again either", async () => {
  await call({}, { grants: false }, async ({ server, conversation, texts, of }) => {
    await conversation.sendText("one");
    await until(() => texts().length === 2);
    assert.equal(conversation.sessionId, null);
    server.last.cut();
    await until(() => of("conversation_started").length === 2 && server.last.heard.length > 0);
    assert.deepEqual(override(server.last)["agent"], { first_message: "" });
    assert.deepEqual(written(server.last), []);
  });
});

for (const tells of [true, false]) {
  test(`an agent that lets nobody change its greeting greets again, ${tells ? "told" : "closed"} why`, async () => {
    const agent = fakeAgent();
    const server = await FakeServer.start({
      ...agent,
      grants: false,
      onOpen: () => undefined,
      onMessage: (session, message) => {
        const begins = message["type"] === "conversation_initiation_client_data";
        if (!begins) return agent.onMessage?.(session, message);
        if ("agent" in override(session)) {
          const error_event = { code: 1008, message: "Forbidden.", error_type: "override_error" };
          if (tells) session.say({ type: "error", error_event });
          session.socket?.close(1008, "Forbidden.");
          return;
        }
        session.say(STARTED);
        agent.onMessage?.(session, message);
      },
    });
    const conversation = new VoiceConversation({ url: `http://127.0.0.1:${server.port}`, connection });
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of conversation) types.push(type);
    })();
    await conversation.connect();
    const greeted = (): number => types.filter((type) => type === "agent_response").length;
    await until(() => greeted() === 1);
    for (const n of [2, 3]) {
      server.last.cut();
      await until(() => greeted() === n);
    }
    await conversation.close();
    await reading;
    const once = ["session_lost", "conversation_started", "agent_speech", "agent_response"];
    assert.deepEqual(types, [...once.slice(1), ...once, ...once, "conversation_ended"]);
    // The silence is asked for once: 1, its refusal, and two that were granted.
    assert.equal(server.sessions.length, 4);
    await server.stop();
  });
}

test("a turn that is written before the greeting has come is not answered by it", async () => {
  const agent = fakeAgent();
  const server = await FakeServer.start({
    ...agent,
    onMessage: (session, message) => {
      const isFirst = session === server.sessions[0];
      if (isFirst && message["type"] === "user_message") {
        session.say(speech(1, "Hello!"));
        session.say(response("Hello!", 1));
      } else if (!isFirst) agent.onMessage?.(session, message);
    },
  });
  const conversation = new VoiceConversation({ url: `http://127.0.0.1:${server.port}`, connection });
  const texts: string[] = [];
  conversation.on("agent_response", ({ text }) => texts.push(text));
  await conversation.connect();
  await conversation.sendText("early");
  await until(() => texts.length === 1);
  server.refusals.push(4404);
  server.last.cut();
  await until(() => texts.length === 2);
  assert.deepEqual(texts, ["Hello!", "You said: early"]);
  assert.deepEqual(written(server.last), ["early"]);
  await conversation.close();
  await server.stop();
});

test("without restart, a call that is lost is over", async () => {
  const server = await FakeServer.start(fakeAgent());
  const url = `http://127.0.0.1:${server.port}`;
  const conversation = new VoiceConversation({ url, connection, restart: false });
  await conversation.connect();
  server.refusals.push(4404);
  server.last.cut();
  const ended = await conversation.done;
  assert.equal(ended.by, "failure");
  assert.deepEqual(server.sessions.slice(1).flatMap(({ heard }) => heard), []);
  await server.stop();
});

test("the caller's sound of an outage comes after it, in order", async () => {
  const source = new FakeSource();
  await call({ source }, {}, async ({ server, conversation }) => {
    source.hear(1);
    conversation.cut();
    for (const value of [2, 3, 4]) source.hear(value);
    const values = (): number[] => {
      const chunks = server.last.heard.map((message) => String(message["user_audio_chunk"] ?? ""));
      const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk, "base64")));
      return Array.from({ length: bytes.length / 640 }, (_, n) => bytes.readInt16LE(n * 640));
    };
    await until(() => values().length === 4);
    assert.deepEqual(values(), [1, 2, 3, 4]);
    assert.equal(conversation.lostSoundS, 0);
  });
});

test("when the agent hangs up, what it said is played before the devices are given back", async () => {
  const sink = new FakeSink();
  const source = new FakeSource();
  await call({ sink, source }, {}, async ({ server, conversation }) => {
    assert.equal(sink.queue.length, 1);
    server.last.socket?.close(1000, "goodbye");
    await until(() => conversation.state === "closed");
    assert.equal(sink.isReleased, false);
    sink.playOut();
    const ended = await conversation.done;
    assert.deepEqual([ended.by, ended.code, ended.reason], ["server", 1000, "goodbye"]);
    assert.deepEqual(sink.played, [1]);
    assert.ok(sink.isReleased && source.isReleased);
  });
});

test("whoever hangs up hears no more, and the end is the last event", async () => {
  const sink = new FakeSink();
  await call({ sink }, {}, async ({ server, conversation, events }) => {
    assert.equal(sink.queue.length, 1);
    await conversation.end();
    await conversation.done;
    assert.deepEqual(sink.queue, []);
    assert.equal(events.at(-1)?.type, "conversation_ended");
    await until(() => server.last.isOver);
    await assert.rejects(conversation.sendText("too late"), ConnectionOver);
    await assert.rejects(conversation.connect(), ConnectionOver);
  });
});

test("why the server ends a call is what connecting fails with", async () => {
  const error_event = { code: 1008, message: "There is no such agent.", error_type: "agent_not_found" };
  const server = await FakeServer.start({
    grants: false,
    onOpen: (session) => {
      session.say({ type: "error", error_event });
      session.socket?.close(1008, "There is no such agent.");
    },
  });
  const conversation = new VoiceConversation({ url: `http://127.0.0.1:${server.port}`, connection });
  const refused = await conversation.connect().catch((error: unknown) => error);
  assert.ok(refused instanceof ServerRefused);
  assert.deepEqual([refused.error, refused.code], ["agent_not_found", 1008]);
  assert.equal((await conversation.done).by, "failure");
  await server.stop();
});

test("a server that refuses the handshake is told, and the devices are given back", async () => {
  const server = await FakeServer.start(fakeAgent());
  server.refusals.push({ status: 401 });
  const source = new FakeSource();
  const conversation = new VoiceConversation({ url: `http://127.0.0.1:${server.port}`, connection, source });
  await assert.rejects(conversation.connect(), CannotConnect);
  assert.ok(source.isReleased);
  await server.stop();
});

test("nobody is called when the microphone is refused", async () => {
  const server = await FakeServer.start(fakeAgent());
  const source = Object.assign(new FakeSource(), {
    open: () => Promise.reject(new Error("not allowed")),
  });
  const conversation = new VoiceConversation({ url: `http://127.0.0.1:${server.port}`, connection, source });
  await assert.rejects(conversation.connect(), /not allowed/);
  assert.equal(server.handshakes.length, 0);
  assert.equal((await conversation.done).reason, "not allowed");
  await server.stop();
});

test("a signed URL is used as it is, and survives a cut", async () => {
  const server = await FakeServer.start(fakeAgent());
  const signedUrl = `ws://127.0.0.1:${server.port}/v1/convai/conversation?agent_id=a&conversation_signature=s`;
  const conversation = new VoiceConversation({ signedUrl, connection });
  await conversation.connect();
  conversation.cut();
  await until(() => server.handshakes.length === 2);
  for (const { url } of server.handshakes) {
    assert.equal(new URL(url ?? "", "ws://host").searchParams.get("conversation_signature"), "s");
  }
  await conversation.close();
  await server.stop();
});

test("feedback is for the last answer, activity and updates are said", async () => {
  await call({}, {}, async ({ server, conversation }) => {
    await conversation.feedback(true);
    await conversation.feedback(null, 1);
    await conversation.userActivity();
    await conversation.contextualUpdate("It rains.");
    await until(() => server.last.heard.length === 5);
    assert.deepEqual(server.last.heard.slice(1), [
      { type: "feedback", score: "like", event_id: 1 },
      { type: "feedback", score: null, event_id: 1 },
      { type: "user_activity" },
      { type: "contextual_update", text: "It rains." },
    ]);
  });
});

test("mu-law both ways is samples to its owner", async () => {
  const metadata = {
    conversation_id: "c",
    agent_output_audio_format: "ulaw_8000",
    user_input_audio_format: "ulaw_8000",
  };
  const grantFrame = { type: "conversation_initiation_metadata", conversation_initiation_metadata_event: metadata };
  const source = new FakeSource();
  await call({ source }, { grantFrame }, async ({ server, of }) => {
    server.last.say({ type: "audio", audio_event: { audio_base_64: Buffer.alloc(800, 0x80).toString("base64"), event_id: 9 } });
    await until(() => of("agent_speech").some(({ eventId }) => eventId === 9));
    const { samples, sampleRate } = of("agent_speech").at(-1)!;
    assert.deepEqual([samples.length, samples[0], sampleRate], [800, 32124, 8000]);
    source.hear(32124);
    await until(() => server.last.heard.some((message) => "user_audio_chunk" in message));
    const chunk = server.last.heard.find((message) => "user_audio_chunk" in message)!["user_audio_chunk"];
    assert.deepEqual(Buffer.from(String(chunk), "base64"), Buffer.alloc(160, 0x80));
  });
});

