import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import {
  BackoffLaw,
  CannotConnect,
  ConnectionOver,
  RealtimeTTS,
  type RealtimeTTSOptions,
  ServerRefused,
  VivavoceError,
} from "../dist/index.js";
import { FakeServer, seeded, until } from "./fake-server.js";
import { FakeSpeech } from "./fake-speech.js";

const WORDS = Array.from({ length: 120 }, (_, n) => `word${n}${n % 9 === 8 ? "." : ""} `);
const TEXT = WORDS.join("").trim();

async function withSpeech(
  speech: FakeSpeech,
  use: (server: FakeServer, options: RealtimeTTSOptions) => Promise<void>,
): Promise<void> {
  const server = await FakeServer.start(speech.options);
  const backoff = new BackoffLaw({ floorS: 0.005, giveUpAfterS: 20 });
  try {
    await use(server, { url: `http://127.0.0.1:${server.port}`, connection: { backoff } });
  } finally {
    await server.stop();
  }
}

async function heard(chunks: AsyncIterable<{ readonly audio: Uint8Array }>): Promise<string> {
  let all = "";
  for await (const { audio } of chunks) all += Buffer.from(audio).toString();
  return all.trim();
}

async function* written(words: readonly string[]): AsyncGenerator<string> {
  for (const word of words) {
    yield word;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

for (const grants of [true, false]) {
  test(`each word is heard once in spite of cuts, ${grants ? "with" : "without"} resume`, async () => {
    const random = seeded(21);
    const afterFrame: FakeSpeech["options"]["afterFrame"] = (session) => {
      if (random() < 0.03) session.cut();
    };
    await withSpeech(new FakeSpeech({ grants, afterFrame }), async (server, options) => {
      const tts = new RealtimeTTS(options);
      await tts.connect();
      assert.equal(await heard(tts.stream(TEXT)), TEXT);
      assert.equal(await heard(tts.stream(WORDS)), TEXT);
      assert.equal(await heard(tts.stream(written(WORDS))), TEXT);
      assert.ok(server.handshakes.length > 3, "there were cuts");
      assert.equal(server.sessions.length === 1, grants);
      await tts.close();
    });
  });
}

test("several voices of text speak at once, each in its own order", async () => {
  await withSpeech(new FakeSpeech({}, 1), async (_server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    const one = tts.context();
    const other = tts.context({ voiceSettings: { speed: 1.2 } });
    const both = Promise.all([heard(one), heard(other)]);
    for (const word of WORDS) {
      void one.sendText(word);
      void other.sendText(word.toUpperCase());
    }
    void one.finish();
    void other.finish();
    assert.deepEqual(await both, [TEXT, TEXT.toUpperCase()]);
    assert.equal(one.unspoken, "");
    await tts.close();
  });
});

test("what was sent goes to getAudio, utterance after utterance", async () => {
  await withSpeech(new FakeSpeech(), async (_server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    void tts.sendText("Hello, ");
    void tts.sendText("this is ", false);
    void tts.sendText("a test.");
    let all = "";
    while (!all.endsWith("test.")) all += Buffer.from(await tts.getAudio()).toString();
    assert.equal(all, "Hello, this is a test.");
    const waiting = tts.getAudio();
    const refused = assert.rejects(waiting, ConnectionOver);
    await tts.close();
    await refused;
    await assert.rejects(tts.sendText("More."), ConnectionOver);
  });
});

test("a text that is cancelled is not heard any further, and the next one is", async () => {
  await withSpeech(new FakeSpeech({}, 5), async (_server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    void tts.sendText(TEXT);
    await tts.getAudio();
    await tts.cancel();
    void tts.sendText("Something else.");
    let all = "";
    while (!all.endsWith("else.")) all += Buffer.from(await tts.getAudio()).toString();
    assert.equal(all, "Something else.");
    await tts.close();
  });
});

test("whoever leaves a stream early cancels the rest of it", async () => {
  await withSpeech(new FakeSpeech({}, 2), async (server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    for await (const chunk of tts.stream(TEXT)) {
      assert.equal(chunk.contextId, "u1");
      break;
    }
    const isClosing = (one: object): boolean => "close_context" in one;
    await until(() => server.last.heard.filter(isClosing).length === 2);
    assert.equal(await heard(tts.stream("Next.")), "Next.");
    await tts.close();
  });
});

test("what a text's iterator throws is thrown to whoever listens", async () => {
  await withSpeech(new FakeSpeech(), async (_server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    const failing = (function* () {
      yield "Good. ";
      throw new RangeError("the model is out of words");
    })();
    await assert.rejects(heard(tts.stream(failing)), RangeError);
    await tts.close();
  });
});

test("a listener is called with the audio, and getAudio says so", async () => {
  await withSpeech(new FakeSpeech(), async (_server, options) => {
    let all = "";
    const tts = new RealtimeTTS(options, (audio) => {
      all += Buffer.from(audio).toString();
    });
    await assert.rejects(tts.getAudio(), VivavoceError);
    await tts.connect();
    void tts.sendText("Hello there.");
    await until(() => all === "Hello there.");
    await tts.close();
  });
});

test("the failure of one context is its listener's alone", async () => {
  const speech = new FakeSpeech();
  await withSpeech(speech, async (server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    const bad = tts.context();
    const listening = heard(bad);
    const refused = assert.rejects(listening, ServerRefused);
    server.last.say({ message: "no", error: "language_missing", code: 1008, contextId: "u1" });
    await refused;
    await assert.rejects(bad.sendText("More."), VivavoceError);
    assert.equal(await heard(tts.stream("Still here.")), "Still here.");
    await tts.close();
  });
});

test("the server is asked for what the options say, with the key in a header", async () => {
  await withSpeech(new FakeSpeech(), async (server, options) => {
    const tts = new RealtimeTTS({
      ...options,
      apiKey: "secret",
      token: "once",
      voiceId: "a b",
      outputFormat: "pcm_16000",
      seed: 7,
      languageCode: "de",
      voiceSettings: { stability: 0.9 },
    });
    await tts.connect();
    await heard(tts.stream("Hallo."));
    const [request] = server.handshakes;
    assert.equal(request?.headers["xi-api-key"], "secret");
    assert.match(request?.url ?? "", /^\/v1\/text-to-speech\/a%20b\/multi-stream-input\?/);
    const asked = Object.fromEntries(server.last.query);
    assert.deepEqual(asked, {
      model_id: "eleven_multilingual_v2",
      output_format: "pcm_16000",
      language_code: "de",
      seed: "7",
      single_use_token: "once",
      inactivity_timeout: "180",
      sync_alignment: "true",
      flush_done: "true",
      resume: "true",
    });
    assert.deepEqual(server.last.heard[0], {
      text: " ",
      voice_settings: { stability: 0.9 },
      context_id: "u1",
    });
    await tts.close();
  });
});

test("nobody's listener holds up another's", async () => {
  await withSpeech(new FakeSpeech(), async (_server, options) => {
    const tts = new RealtimeTTS(options);
    await tts.connect();
    const big = Array.from({ length: 30 }, () => `${"x".repeat(100_000)} `);
    const slow = tts.context();
    for (const word of big) void slow.sendText(word);
    void slow.finish();
    const quick = tts.context();
    void quick.sendText("Quick.");
    void quick.finish();
    assert.equal(await heard(quick), "Quick.");
    assert.equal((await heard(slow)).length, big.join("").trim().length);
    await tts.close();
  });
});

test("with onAudio the end of the connection is told by done and onState, and is no uncaught error", async () => {
  await withSpeech(new FakeSpeech(), async (server, options) => {
    const pieces: Uint8Array[] = [];
    const failures: Error[] = [];
    const tts = new RealtimeTTS(
      options,
      (audio) => pieces.push(audio),
      (error) => failures.push(error),
    );
    const states: string[] = [];
    tts.onState(({ state }) => states.push(state));
    await tts.connect();
    await tts.sendText("Hello.");
    await until(() => pieces.length > 0);
    server.last.say({ message: "no", error: "text_too_long", code: 1008, contextId: "u1" });
    await until(() => failures.length === 1);
    assert.ok(failures[0] instanceof ServerRefused);
    await tts.sendText("Again.");
    server.last.socket?.close(1008, "enough");
    const { by, code } = await tts.done;
    assert.deepEqual([by, code, states.at(-1)], ["failure", 1008, "closed"]);
    await assert.rejects(tts.sendText("too late"), CannotConnect);
    assert.equal(failures.length, 1);
    await tts.close();
  });
});

test("what nobody wants to hear of with onAudio surfaces as an uncaught error", async () => {
  await withSpeech(new FakeSpeech(), async (server, { url }) => {
    const program = `
      import { RealtimeTTS } from "./dist/index.js";
      const tts = new RealtimeTTS({ url: "${url}" }, () => undefined);
      await tts.connect();
      await tts.sendText("Hello.");
    `;
    const running = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    const printed = text(running.stderr);
    await until(() => (server.sessions[0]?.heard.length ?? 0) > 1);
    server.last.say({ message: "no", error: "text_too_long", code: 1008, contextId: "u1" });
    const [status] = (await once(running, "exit")) as [number];
    assert.equal(status, 1);
    assert.match(await printed, /text_too_long/);
  });
});

test("a connection that cannot be had is done, too", async () => {
  const tts = new RealtimeTTS({ url: "http://127.0.0.1:1", connection: { openWithinS: 0.05 } });
  await assert.rejects(tts.connect(), CannotConnect);
  assert.equal((await tts.done).by, "failure");
  await assert.rejects(tts.sendText("Hello."), CannotConnect);
});

test("what an utterance has of its own goes with its first message, and else the connection's", async () => {
  await withSpeech(new FakeSpeech(), async (server, options) => {
    const tts = new RealtimeTTS({ ...options, chunkLengthSchedule: [60, 90], inactivityTimeoutS: 20 });
    await tts.connect();
    await heard(tts.stream("Usual."));
    await heard(tts.stream("Fast.", { voiceSettings: { speed: 1.2 } }));
    const openings = server.last.heard.filter(({ text }) => text === " ");
    const generation_config = { chunk_length_schedule: [60, 90] };
    assert.deepEqual(
      openings.map(({ voice_settings, generation_config }) => ({ voice_settings, generation_config })),
      [
        { voice_settings: undefined, generation_config },
        { voice_settings: { speed: 1.2 }, generation_config },
      ],
    );
    assert.equal(server.last.query.get("inactivity_timeout"), "20");
    await tts.close();
  });
});
