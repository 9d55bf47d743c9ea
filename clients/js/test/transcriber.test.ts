import assert from "node:assert/strict";
import { test } from "node:test";

import {
  BackoffLaw,
  ConnectionOver,
  ServerRefused,
  Transcriber,
  type TranscriberOptions,
  type TranscriptionEvent,
} from "../dist/index.js";
import { FakeServer, type FakeServerOptions, type FakeSession, seeded, until } from "./fake-server.js";

const connection = { backoff: new BackoffLaw({ floorS: 0.005, giveUpAfterS: 20 }) };
// A second of sound, all of one value, is the word of that number.
const RATE = 16000;

function word(value: number): Int16Array {
  return new Int16Array(RATE).fill(value);
}

/** Writes down the numbers in the sound, one for each second, when it is told to commit. */
function fakeEars(options: FakeServerOptions = {}): FakeServerOptions {
  const heard = new Map<FakeSession, { samples: number[]; begin: number }>();
  return {
    ...options,
    onOpen: (session) => {
      heard.set(session, { samples: [], begin: 0 });
      session.say({ message_type: "session_started", session_id: "s", config: { sample_rate: RATE } });
    },
    onMessage: (session, message) => {
      options.onMessage?.(session, message);
      const state = heard.get(session)!;
      const bytes = Buffer.from(String(message["audio_base_64"]), "base64");
      for (let at = 0; at < bytes.length; at += 2) state.samples.push(bytes.readInt16LE(at));
      if (message["commit"] !== true) return;
      const words: object[] = [];
      for (let at = state.begin; at < state.samples.length; at += RATE) {
        const text = String(state.samples[at]);
        words.push({ text, start: at / RATE, end: (at + RATE) / RATE, type: "word", logprob: -0.1 });
      }
      state.begin = state.samples.length;
      const text = words.map((one) => (one as { text: string }).text).join(" ");
      session.say({ message_type: "committed_transcript", text });
      if (session.query.get("include_timestamps") !== "true") return;
      session.say({ message_type: "committed_transcript_with_timestamps", text, language_code: "en", words });
    },
  };
}

async function transcribe(
  options: TranscriberOptions,
  ears: FakeServerOptions,
  use: (transcriber: Transcriber, server: FakeServer) => Promise<void>,
): Promise<TranscriptionEvent[]> {
  const server = await FakeServer.start(fakeEars(ears));
  const transcriber = new Transcriber({ url: `http://127.0.0.1:${server.port}`, connection, ...options });
  const events: TranscriptionEvent[] = [];
  const reading = (async () => {
    for await (const event of transcriber) events.push(event);
  })();
  try {
    await transcriber.connect();
    await use(transcriber, server);
  } finally {
    await transcriber.close();
    await reading;
    await server.stop();
  }
  return events;
}

function committed(events: readonly TranscriptionEvent[]): string[] {
  return events.flatMap((event) => (event.type === "committed_transcript" ? [event.text] : []));
}

test("sound becomes text at each commit, and finishing waits for the last of it", async () => {
  const events = await transcribe({ languageCode: "en", apiKey: "k" }, {}, async (transcriber, server) => {
    assert.equal(server.handshakes[0]?.headers["xi-api-key"], "k");
    assert.equal(server.last.query.get("language_code"), "en");
    await transcriber.sendAudio(word(1));
    await transcriber.sendAudio(word(2));
    await transcriber.commit();
    await transcriber.sendAudio(word(3));
    await transcriber.finish();
    await assert.rejects(transcriber.sendAudio(word(4)), ConnectionOver);
  });
  assert.deepEqual(committed(events), ["1 2", "3"]);
  assert.deepEqual([events[0]?.type, events.at(-1)?.type], ["transcription_started", "transcription_ended"]);
});

test("words have their times where they were asked for, and a segment is told once", async () => {
  const events = await transcribe({ includeTimestamps: true }, {}, async (transcriber) => {
    await transcriber.sendAudio(word(7));
    await transcriber.finish();
  });
  const [only, ...others] = events.filter((event) => event.type === "committed_transcript");
  assert.deepEqual(others, []);
  assert.deepEqual(only?.words, [
    { text: "7", startS: 0, endS: 1, kind: "word", logprob: -0.1, speakerId: null },
  ]);
  assert.equal(only?.languageCode, "en");
});

test("whatever is cut, every word is written down once", async () => {
  const random = seeded(5);
  const afterFrame: FakeServerOptions["afterFrame"] = (session) => {
    if (random() < 0.1) session.cut();
  };
  const events = await transcribe({}, { afterFrame }, async (transcriber, server) => {
    for (let n = 1; n <= 30; n += 1) {
      await transcriber.sendAudio(word(n));
      if (random() < 0.2) transcriber.cut();
      if (n % 3 === 0) await transcriber.commit();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await transcriber.finish();
    assert.equal(server.sessions.length, 1);
    assert.ok(server.handshakes.length > 3);
  });
  assert.equal(committed(events).join(" "), Array.from({ length: 30 }, (_, n) => n + 1).join(" "));
});

for (const grants of [true, false]) {
  test(`a session that is lost hears again what was not written down${grants ? "" : ", by a server without resume, too"}`, async () => {
    const events = await transcribe(
      { includeTimestamps: true },
      { grants },
      async (transcriber, server) => {
        await transcriber.sendAudio(word(1));
        await transcriber.commit();
        await until(() => server.last.ledger.length >= 3);
        await transcriber.sendAudio(word(2));
        await transcriber.sendAudio(word(3));
        await until(() => server.last.heard.length === 4);
        if (grants) server.refusals.push(4404);
        server.last.cut();
        await transcriber.sendAudio(word(4));
        await transcriber.finish();
        assert.equal(server.sessions.length, 2);
        assert.equal(transcriber.lostAudioS, 0);
      },
    );
    assert.deepEqual(committed(events), ["1", "2 3 4"]);
    assert.equal(events.filter(({ type }) => type === "session_lost").length, 1);
    const last = events.findLast((event) => event.type === "committed_transcript");
    assert.deepEqual(last?.words.map(({ startS }) => startS), [1, 2, 3]);
  });
}

test("a refusal is what connecting fails with, by its name", async () => {
  const server = await FakeServer.start({
    grants: false,
    onOpen: (session) => {
      session.say({ message_type: "invalid_request", error: "no such model" });
      session.socket?.close(1008, "no such model");
    },
  });
  const transcriber = new Transcriber({ url: `http://127.0.0.1:${server.port}`, connection });
  const refused = await transcriber.connect().catch((error: unknown) => error);
  assert.ok(refused instanceof ServerRefused);
  assert.deepEqual([refused.error, refused.message], ["invalid_request", "no such model"]);
  await server.stop();
});

test("a format that is not sent here is refused at once", () => {
  assert.throws(() => new Transcriber({ audioFormat: "mp3_44100_128" }), RangeError);
});
