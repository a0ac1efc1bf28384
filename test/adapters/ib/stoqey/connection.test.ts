// Goal: a connection tells everything in order, ends with one `closed` a person understands, and
// never lets a gateway's nonsense, silence or absence harm the process.
import { createServer } from "node:net";
import { MAX_SUPPORTED_SERVER_VERSION } from "@stoqey/ib/dist/api/api.js";
import { describe, expect, test } from "vitest";
import { stoqeyClient } from "../../../../adapters/ib/stoqey/index.ts";
import { loadStoqey } from "../../../../adapters/ib/stoqey/load-stoqey.ts";
import { socketFault } from "../../../../adapters/ib/stoqey/socket-fault.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { frame } from "./scripted-peer.ts";
import { begun, connectTo, Ear, peerOf, ready } from "./stoqey-world.ts";

const CURRENT_TIME = { kind: "current-time" } as const;

/** A port of this machine where nothing listens. */
async function deadPort(): Promise<number> {
  const peer = await peerOf();
  const { port } = peer;
  await peer.close();
  return port;
}

describe("the beginning", () => {
  test("is told in order: versions, accounts, and that requests are welcome", async () => {
    const { ear, time } = await ready();
    expect(ear.events).toEqual([
      {
        kind: "connected",
        serverVersion: 178,
        serverTime: "20240305 02:07:30 Greenwich Mean Time",
      },
      { kind: "accounts", accounts: ["DU1", "DU2"] },
      { kind: "ready", nextId: 7 },
    ]);
    expect(time.nextAt).toBeUndefined();
  });

  test("introduces us with our client id, each connection for itself", async () => {
    const peer = await peerOf();
    const first = connectTo(peer.port, 3);
    await first.ear.heard("ready");
    const second = connectTo(peer.port, 4);
    await second.ear.heard("ready");
    const starts = peer.connections.map(({ received }) => received[0]);
    expect(starts).toEqual([
      ["71", "2", "3", ""],
      ["71", "2", "4", ""],
    ]);
  });

  test("requests wait until they are welcome, in their order, before those asked then", async () => {
    const peer = await peerOf({ welcome: [[15, 1, "DU1"]] });
    const time = new VirtualTime(0);
    const ear = new Ear();
    const client = stoqeyClient({ host: "127.0.0.1", port: peer.port, clock: time });
    const connection = client.connect(0, (event) => {
      ear.hear(event);
      if (event.kind === "ready") connection.send({ kind: "cancel", of: "history", requestId: 3 });
    });
    connection.send({ kind: "cancel", of: "history", requestId: 1 });
    await ear.heard("accounts");
    connection.send({ kind: "cancel", of: "history", requestId: 2 });
    const [other] = peer.connections;
    expect(other!.received).toHaveLength(1);
    other!.say(9, 1, 7);
    const sent = await other!.messages(4);
    expect(sent.slice(1).map(([, , id]) => id)).toEqual(["1", "2", "3"]);
    connection.close();
  });

  test("a next order id that is told again welcomes nothing twice", async () => {
    const { ear, other } = await ready();
    other.say(9, 1, 8);
    other.say(49, 1, 1);
    await ear.heard("current-time");
    expect(ear.kinds).toEqual(["connected", "accounts", "ready", "current-time"]);
  });

  test("the library's newest version is the newest that is offered", async () => {
    expect((await loadStoqey()).newestVersion).toBe(Number(MAX_SUPPORTED_SERVER_VERSION));
  });
});

describe("the end", () => {
  test("a machine where nothing listens refuses", async () => {
    const { ear } = connectTo(await deadPort());
    const { reason } = await ear.heard("closed");
    expect(reason).toMatch(/^127\.0\.0\.1:\d+ refused the connection: no gateway listens there$/);
    expect(ear.kinds).toEqual(["closed"]);
  });

  test.each(["localhost", "::1"])("one by another name refuses as well: %s", async (host) => {
    const port = await deadPort();
    const ear = new Ear();
    stoqeyClient({ host, port, clock: new VirtualTime(0) }).connect(0, ear.hear);
    const place = host === "::1" ? `[::1]:${port}` : `${host}:${port}`;
    expect((await ear.heard("closed")).reason).toContain(place);
  });

  test.each([
    ["ECONNREFUSED", "here:1 refused the connection: no gateway listens there"],
    ["ECONNRESET", "the connection to here:1 was reset"],
    ["EPIPE", "the connection to here:1 was reset"],
    ["ETIMEDOUT", "the connection to here:1 timed out"],
    ["ENOTFOUND", "the host of here:1 is not known"],
    ["EAI_AGAIN", "the host of here:1 could not be looked up for now"],
    ["EHOSTUNREACH", "there is no way through the network to here:1"],
    ["ENETUNREACH", "there is no way through the network to here:1"],
    ["EMFILE", "the connection to here:1 failed: what the machine says"],
  ])("%s in words", (code, words) => {
    const error = Object.assign(new Error("what the machine says"), { code });
    expect(socketFault(error, "here:1")).toBe(words);
  });

  test("a gateway that hangs up, at once or later", async () => {
    const { ear, peer } = await begun({ version: [] });
    while (peer.connections[0]?.versions === undefined) await new Promise(setImmediate);
    peer.connections[0].socket.end();
    expect((await ear.heard("closed")).reason).toMatch(/closed the connection at once; look whet/);

    const later = await ready();
    later.other.say(4, 2, -1, 326, "Unable to connect as the client id is already in use.", "");
    later.other.socket.end();
    expect((await later.ear.heard("closed")).reason).toMatch(/^127.*:\d+ closed the connection$/);
    expect(later.ear.kinds.slice(3)).toEqual(["notice", "closed"]);
  });

  test("a gateway that resets the connection", async () => {
    const { ear, other } = await ready();
    other.socket.resetAndDestroy();
    expect((await ear.heard("closed")).reason).toMatch(/^the connection to 127\S+ was reset$/);
  });

  test.each([
    ["99", /^127\S+ speaks protocol version 99, not 100 to 193$/],
    ["194", /^127\S+ speaks protocol version 194, not 100 to 193$/],
  ])("a gateway of version %s is told of, then the end", async (version, reason) => {
    const { ear } = await begun({ version: [version, "20240305"] });
    await ear.heard("closed");
    expect(ear.events).toEqual([
      { kind: "notice", requestId: -1, code: 506, message: expect.stringMatching(reason) },
      { kind: "closed", reason: expect.stringMatching(reason) },
    ]);
  });

  test("nothing is heard after close, not even the end, and sending does nothing", async () => {
    const { ear, other, connection, time } = await ready();
    other.say(49, 1, 1);
    connection.close();
    connection.close();
    connection.send(CURRENT_TIME);
    await new Promise((done) => other.socket.once("close", done));
    expect(ear.kinds).toEqual(["connected", "accounts", "ready"]);
    expect(other.received).toHaveLength(1);
    expect(time.nextAt).toBeUndefined();
  });

  test("closing on hearing one event keeps back the others of the same packet", async () => {
    const peer = await peerOf({ welcome: [] });
    const ear = new Ear();
    const clock = new VirtualTime(0);
    const client = stoqeyClient({ host: "127.0.0.1", port: peer.port, clock });
    const connection = client.connect(0, (event) => {
      ear.hear(event);
      if (event.kind === "accounts") connection.close();
    });
    await ear.heard("connected");
    const [other] = peer.connections;
    other!.raw(Buffer.concat([frame([15, 1, "DU1"]), frame([9, 1, 7])]));
    await new Promise((done) => other!.socket.once("close", done));
    expect(ear.kinds).toEqual(["connected", "accounts"]);
  });

  test("a refusal of a request is not heard after close either", async () => {
    const { ear, connection, time } = await ready();
    connection.send({ kind: "cancel", of: "history", requestId: "\0" as unknown as number });
    connection.close();
    time.advanceTo(0);
    expect(ear.kinds).toEqual(["connected", "accounts", "ready"]);
  });

  test("closing while the library loads or the machine is looked up leaves nothing", async () => {
    const ear = new Ear();
    const clock = new VirtualTime(0);
    const client = stoqeyClient({ host: "127.0.0.1", port: await deadPort(), clock });
    client.connect(0, ear.hear).close();
    const second = client.connect(0, ear.hear);
    await loadStoqey();
    await Promise.resolve();
    second.close();
    await new Promise((done) => setTimeout(done, 20));
    expect(ear.events).toEqual([]);
    expect(clock.nextAt).toBeUndefined();
  });
});

describe("deadlines", () => {
  test("a machine that does not answer", async () => {
    await loadStoqey();
    const { ear, time } = await begun();
    while (time.nextAt === undefined) await Promise.resolve();
    expect(time.nextAt).toBe(5_000);
    time.advanceTo(5_000);
    expect(ear.events).toEqual([
      { kind: "closed", reason: expect.stringMatching(/^127\S+ did not answer within 5 s$/) },
    ]);
  });

  test("a gateway that takes the connection and says nothing", async () => {
    const { ear, time, peer } = await begun({ version: [] });
    while (peer.connections[0]?.versions === undefined) await new Promise(setImmediate);
    time.advanceTo(5_000);
    expect(ear.events).toEqual([
      {
        kind: "closed",
        reason: expect.stringMatching(
          /^127\S+ took the connection but did not welcome requests within 5 s; /,
        ),
      },
    ]);
    expect(time.nextAt).toBeUndefined();
  });

  test("a gateway that agrees on versions and never welcomes requests", async () => {
    const { ear, time } = await begun({ welcome: [[15, 1, "DU1"]] });
    await ear.heard("accounts");
    time.advanceTo(4_999);
    expect(ear.kinds).toEqual(["connected", "accounts"]);
    time.advanceTo(5_000);
    expect(ear.kinds).toEqual(["connected", "accounts", "closed"]);
  });

  test("are as long as they are told to be", async () => {
    const peer = await peerOf({ version: [] });
    const clock = new VirtualTime(0);
    const times = { connectTimeoutMs: 700, handshakeTimeoutMs: 300 };
    const options = { host: "127.0.0.1", port: peer.port, clock, ...times };
    const connection = stoqeyClient(options).connect(0, () => {});
    while (clock.nextAt === undefined) await new Promise<void>((done) => queueMicrotask(done));
    expect(clock.nextAt).toBe(700);
    while (peer.connections[0]?.versions === undefined) await new Promise(setImmediate);
    expect(clock.nextAt).toBe(300);
    connection.close();
  });
});

describe("nonsense ends the connection with a reason that shows it, and nothing else", () => {
  const NONSENSE: readonly (readonly [string, Buffer, RegExp])[] = [
    ["an unfinished order reject", frame([4, 2, 5, 201, "no", "{broken"]), /"4\|2\|5\|201.*broken/],
    [
      "a price that is no price",
      frame([17, 1, "", "", 1, 1, "12abc", 1, 1, 1, 1, 1, 1]),
      /"12abc"/,
    ],
    [
      "a count that is not whole",
      frame([17, 1, "", "", "1.5"]),
      /field 5 is no whole number: "1.5"/,
    ],
    ["a count of less than nothing", frame([106, 1, "", "", "", -2]), /sent a message/],
    [
      "more rows than there are",
      frame([17, 1, "", "", 2, 1, 1, 1, 1, 1, 1, 1, 1]),
      /ends too early/,
    ],
    ["fewer rows than there are", frame([17, 1, "", "", 0, 1, 1]), /it has 2 fields too many/],
    ["endless rows", frame([17, 1, "", "", "1e999"]), /field 5 is no number: "1e999"/],
    ["a blank number", frame([49, 1, " "]), /field 3 is no number: " "/],
    ["a kind that is no number", frame(["hello", 1]), /of "hello\|1": it does not begin with the/],
    ["a message without an end", Buffer.from("\0\0\0\x0249"), /does not end in NUL: "49"/],
    ["a message of no length", Buffer.from("\0\0\0\0"), /no message is 0 bytes long/],
    [
      "a message of more than is allowed",
      Buffer.from("\xff\xff\xff\xfc", "latin1"),
      /4294967292 b/,
    ],
  ];

  test.each(NONSENSE)("%s", async (_, bytes, reason) => {
    const { ear, other, connection } = await ready();
    other.raw(Buffer.concat([frame([49, 1, 1]), bytes, frame([49, 1, 2])]));
    const closed = await ear.heard("closed");
    expect(closed.reason).toMatch(/^127\S+ sent a message that cannot be read/);
    expect(closed.reason).toMatch(reason);
    connection.send(CURRENT_TIME);
    if (!other.socket.closed) await new Promise((done) => other.socket.once("close", done));
    // What came before it is heard, what came after it is not.
    expect(ear.kinds.slice(3)).toEqual(["current-time", "closed"]);
  });

  test("text of any length is shown in part", async () => {
    const { ear, other } = await ready();
    other.say("x".repeat(10_000));
    expect((await ear.heard("closed")).reason.length).toBeLessThan(400);
  });

  test.each([
    ["HTTP/1.1 400 Bad Request\r\n\r\n", /^127\S+ does not talk like a gateway: no.*"HTTP\/1\.1 4/],
    ["\0\0\0\x04old\0", /^127\S+ does not talk like a gateway: its version is "old"$/],
  ])("something else than a gateway: %j", async (bytes, reason) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.resume();
      socket.end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { ear } = connectTo((server.address() as { port: number }).port);
    expect((await ear.heard("closed")).reason).toMatch(reason);
    await new Promise((done) => server.close(done));
  });
});

describe("options", () => {
  const clock = new VirtualTime(0);
  const good = { host: "127.0.0.1", port: 7497, clock };

  test.each([
    [{ host: "" }, /^host: a gateway needs a host/],
    [{ port: 0 }, /^port: 0 is no port/],
    [{ port: 65_536 }, /^port: 65536 is no port/],
    [{ port: 74.97 }, /^port: 74\.97 is no port/],
    [{ connectTimeoutMs: 0 }, /^connectTimeoutMs: 0 is no time to wait/],
    [{ handshakeTimeoutMs: Number.POSITIVE_INFINITY }, /^handshakeTimeoutMs: Infinity is no time/],
  ])("out of their range are refused: %j", (bad, message) => {
    expect(() => stoqeyClient({ ...good, ...bad })).toThrow(message);
  });

  test("a client id below 0 is a fault of ours", () => {
    expect(() => stoqeyClient(good).connect(-1, () => {})).toThrow(/invariant broken/);
  });
});
