import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "ws";

import {
  BackoffLaw,
  CannotConnect,
  Connection,
  type ConnectionOptions,
  ConnectionOver,
  dialWith,
  isFatal,
  type JsonObject,
  Restarted,
  type StateChange,
} from "../dist/index.js";
import { unreachable } from "../dist/platform-node.js";
import { FakeServer, type FakeServerOptions, seeded, until } from "./fake-server.js";

const QUICK: ConnectionOptions = { backoff: new BackoffLaw({ floorS: 0.005, giveUpAfterS: 20 }) };
const IN_BROWSERS: ConnectionOptions = { ...QUICK, dial: dialWith(WebSocket) };
const NOTHING = (): JsonObject[] => [];

async function withServer(
  options: FakeServerOptions,
  use: (server: FakeServer) => Promise<void>,
): Promise<void> {
  const server = await FakeServer.start(options);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

for (const [platform, options] of [["Node", QUICK], ["browsers", IN_BROWSERS]] as const) {
  test(`with ${platform}' sockets everything arrives once and in order, whatever is cut`, async () => {
    const random = seeded(3);
    const most = 400;
    let isStormy = true;
    await withServer(
      {
        onMessage: (session, message) => session.say({ echo: message["n"] }),
        afterFrame: (session) => {
          if (isStormy && random() < 0.08) session.cut();
        },
      },
      async (server) => {
        const connection = new Connection(server.url, () => [{ hello: 1 }], options);
        await connection.open();
        const sending = (async () => {
          for (let n = 0; n < most; n += 1) {
            void connection.send({ n });
            if (random() < 0.02) connection.cut();
            if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 1));
          }
        })();
        const echoes: unknown[] = [];
        while (echoes.length <= most) {
          const frame = await connection.receive();
          assert.ok(frame !== null && !(frame instanceof Restarted));
          assert.deepEqual(Object.keys(frame), "echo" in frame ? ["echo"] : []);
          echoes.push(frame["echo"]);
        }
        await sending;
        assert.deepEqual(echoes.slice(1), Array.from({ length: most }, (_, n) => n));
        assert.equal(server.sessions.length, 1);
        assert.deepEqual(server.last.heard, [{ hello: 1 }, ...echoes.slice(1).map((n) => ({ n }))]);
        assert.equal(server.last.gaps, 0);
        assert.ok(server.handshakes.length > 10, "there were cuts");
        isStormy = false;
        await connection.send({ n: "last" });
        assert.deepEqual(await connection.receive(), { echo: "last" });
        await connection.close();
        await until(() => server.last.isOver);
        assert.equal(await connection.receive(), null);
      },
    );
  });
}

test("what was taken is acknowledged, and what was not is not", async () => {
  await withServer({}, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    for (let n = 0; n < 40; n += 1) server.last.say({ n });
    for (let n = 0; n < 20; n += 1) await connection.receive();
    // The grant was frame 1.
    await until(() => server.last.acknowledged === 21);
    await connection.close();
  });
});

test("a grant may be inside the first frame, whose numbers are not shown", async () => {
  await withServer({ grantFrame: { type: "metadata", a: 1 } }, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    assert.deepEqual(await connection.receive(), { type: "metadata", a: 1 });
    assert.equal(connection.sessionId, server.last.id);
    connection.cut();
    await until(() => connection.state === "open");
    server.last.say({ b: 2 });
    assert.deepEqual(await connection.receive(), { b: 2 });
    await connection.close();
  });
});

test("a lost session begins anew with what its owner still owes", async () => {
  await withServer({}, async (server) => {
    const openings: boolean[] = [];
    const opening = (isRestart: boolean): JsonObject[] => {
      openings.push(isRestart);
      return [{ opening: openings.length }];
    };
    const connection = new Connection(server.url, opening, QUICK);
    await connection.open();
    await connection.send({ n: 1 });
    server.last.say({ first: true });
    assert.deepEqual(await connection.receive(), { first: true });
    await until(() => server.last.heard.length === 2);
    server.last.say({ never: "taken" });
    await until(() => server.last.lastCseq === 2);
    server.last.isOver = true;
    server.last.cut();
    await connection.send({ n: 2 });
    const restarted = await connection.receive();
    // What had come and was not taken may still be taken before the cut is noticed.
    if (!(restarted instanceof Restarted)) {
      assert.deepEqual(restarted, { never: "taken" });
      assert.ok((await connection.receive()) instanceof Restarted);
    }
    await connection.send({ n: 3 });
    await until(() => server.last.heard.length === 2);
    assert.deepEqual(server.last.heard, [{ opening: 2 }, { n: 3 }]);
    assert.deepEqual(openings, [false, true]);
    await connection.close();
  });
});

test("where no session is granted a cut is a restart, and nothing is numbered", async () => {
  const onOpen: FakeServerOptions["onOpen"] = (session) => session.say({ welcome: true });
  await withServer({ grants: false, onOpen }, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    assert.deepEqual(await connection.receive(), { welcome: true });
    await connection.send({ a: 1 });
    await until(() => server.last.heard.length === 1);
    assert.deepEqual(server.last.heard, [{ a: 1 }]);
    assert.equal(connection.sessionId, null);
    connection.cut();
    assert.ok((await connection.receive()) instanceof Restarted);
    assert.deepEqual(await connection.receive(), { welcome: true });
    await connection.close();
  });
});

test("where no session is wanted none is asked for, and nothing is numbered", async () => {
  await withServer({ grants: false }, async (server) => {
    const connection = new Connection(server.url, () => [{ n: 0 }], { ...QUICK, resume: false });
    await connection.open();
    await until(() => server.sessions[0]?.heard.length === 1);
    assert.deepEqual(server.last.heard, [{ n: 0 }]);
    assert.equal(server.last.query.has("resume"), false);
    server.last.say({ hello: 1 });
    assert.deepEqual(await connection.receive(), { hello: 1 });
    server.last.cut();
    assert.ok((await connection.receive()) instanceof Restarted);
    await connection.close();
  });
});

test("the first connection is tried until it is had, and states tell of it", async () => {
  await withServer({}, async (server) => {
    server.refusals.push("reset", { status: 503 }, 1013);
    const connection = new Connection(server.url, NOTHING, QUICK);
    const changes: StateChange[] = [];
    connection.onState((change) => changes.push(change));
    await connection.open();
    await until(() => connection.sessionId !== null);
    assert.deepEqual(
      changes.slice(0, 3).map((one) => [one.state, one.retries]),
      [["connecting", 0], ["connecting", 1], ["connecting", 2]],
    );
    assert.match(changes[2]?.reason ?? "", /503/);
    await connection.close();
    assert.equal(connection.state, "closed");
  });
});

test("what will not get better is not tried again", async () => {
  await withServer({}, async (server) => {
    for (const refusal of [{ status: 401 }, { status: 403 }, { status: 404 }, { status: 400 }]) {
      server.refusals.push(refusal);
      const connection = new Connection(server.url, NOTHING, QUICK);
      await assert.rejects(connection.open(), CannotConnect);
      assert.equal(connection.state, "closed");
    }
    for (const code of [1002, 1003, 1007, 1008, 1009, 1010, 4409]) {
      server.refusals.push(code);
      const connection = new Connection(server.url, NOTHING, QUICK);
      await connection.open().catch(() => undefined);
      await assert.rejects(connection.receive(), CannotConnect);
      assert.equal(connection.closeCode, code);
    }
  });
});

test("a certificate that nobody trusts is not tried again", () => {
  for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"]) {
    assert.ok(isFatal(unreachable({ code })), code);
  }
  for (const code of ["ECONNREFUSED", "ENOTFOUND", undefined]) {
    assert.equal(isFatal(unreachable({ ...(code && { code }) })), false, code);
  }
});

test("what is fatal can be said otherwise", async () => {
  await withServer({}, async (server) => {
    server.refusals.push({ status: 403 });
    const connection = new Connection(server.url, NOTHING, { ...QUICK, isFatal: () => false });
    await connection.open();
    await connection.close();
  });
});

test("a server that stays away is given up", async () => {
  const server = await FakeServer.start();
  const url = server.url;
  await server.stop();
  const backoff = new BackoffLaw({ floorS: 0.005, giveUpAfterS: 0.05 });
  const connection = new Connection(url, NOTHING, { backoff });
  await assert.rejects(connection.open(), CannotConnect);
  await assert.rejects(connection.send({}), ConnectionOver);
});

test("a place to which the platform opens no socket is told at once", async () => {
  const dial = dialWith(
    class extends WebSocket {
      constructor() {
        super("ftp://nowhere");
      }
    },
  );
  const connection = new Connection("ws://127.0.0.1:1", NOTHING, { ...QUICK, dial });
  await assert.rejects(connection.open(), CannotConnect);
  assert.equal(connection.state, "closed");
});

test("an opening that throws ends the connection with what it throws", async () => {
  await withServer({}, async (server) => {
    const opening = (isRestart: boolean): JsonObject[] => {
      if (isRestart) throw new RangeError("nothing to say");
      return [];
    };
    const connection = new Connection(server.url, opening, QUICK);
    await connection.open();
    server.refusals.push(4404);
    server.last.cut();
    assert.ok((await connection.receive()) instanceof Restarted);
    await assert.rejects(connection.receive(), RangeError);
    assert.equal(connection.state, "closed");
  });
});

test("the server's normal end is the end, with its code", async () => {
  await withServer({}, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    server.last.say({ last: true });
    server.last.socket?.close(1000, "done");
    const frames: unknown[] = [];
    for await (const frame of connection) frames.push(frame);
    assert.deepEqual(frames, [{ last: true }]);
    assert.deepEqual([connection.closeCode, connection.closeReason], [1000, "done"]);
    await assert.rejects(connection.send({}), ConnectionOver);
  });
});

test("messages wait while four mebibytes are unacknowledged", async () => {
  await withServer({}, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    server.refusals.push(...Array.from({ length: 500 }, () => "reset" as const));
    connection.cut();
    const big = "x".repeat(1024 * 1024);
    let sent = 0;
    for (let n = 0; n < 8; n += 1) void connection.send({ n, big }).then(() => (sent += 1));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(sent, 4);
    server.refusals.splice(0);
    const nudge = setInterval(() => server.last.say({}), 20);
    await until(() => sent === 8);
    await until(() => server.last.heard.length === 8);
    clearInterval(nudge);
    assert.deepEqual(server.last.heard.map((one) => one["n"]), [0, 1, 2, 3, 4, 5, 6, 7]);
    await connection.close();
  });
});

for (const [platform, options] of [["Node", QUICK], ["browsers", IN_BROWSERS]] as const) {
  test(`with ${platform}' sockets the round trip is measured, and silence is noticed`, async () => {
    await withServer({}, async (server) => {
      const connection = new Connection(server.url, NOTHING, {
        ...options,
        heartbeatS: 0.01,
        heartbeatTimeoutS: 0.2,
      });
      await connection.open();
      await until(() => connection.roundTripS !== null);
      assert.ok((connection.roundTripS ?? -1) >= 0);
      const { socket } = server.last;
      socket?.pause();
      await until(() => connection.retries + server.handshakes.length > 1);
      await until(() => connection.state === "open");
      assert.equal(server.sessions.length, 1);
      await connection.close();
    });
  });
}

test("a session ends with its connection, also when that is closed while it is away", async () => {
  await withServer({}, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await connection.open();
    await until(() => connection.sessionId !== null);
    connection.cut();
    await connection.close();
    await until(() => server.last.isOver);
    assert.equal(server.sessions.length, 1);
  });
});

test("a connection that is closed while it is away has done with waiting", async () => {
  await withServer({}, async (server) => {
    const connection = new Connection(server.url, NOTHING, QUICK);
    await assert.rejects(connection.send({}), ConnectionOver);
    server.refusals.push(...Array.from({ length: 500 }, () => "reset" as const));
    const opening = connection.open();
    const refused = assert.rejects(opening, ConnectionOver);
    await connection.close();
    await refused;
    assert.equal(await connection.receive(), null);
    await connection.close();
  });
});
