import { Buffer } from "node:buffer";
import { afterEach, describe, expect, it } from "vitest";
import type { IbBar } from "../../../adapters/ib/port/ib-event.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";
import { closeServers, leavings, serve } from "./served.ts";
import { greeting, WireClient } from "./wire-client.ts";

// Goal: any number of clients are served as by a real gateway, and what one of them does wrong is
// answered or ends that one only.

afterEach(closeServers);

const STOCK = ["0", "IBM", "STK", "", "0.0", "", "", "SMART", "", "USD", "", ""];

describe("the handshake", () => {
  it.each([
    [178, "v100..193", "178"],
    [178, "v100..157", "157"],
    [193, "v157..178 +PACEAPI", "178"],
    [200, "v100..225", "193"],
  ])("of a gateway of %i with %s agrees on %s", async (own, versions, agreed) => {
    const gateway = new ScriptedGateway();
    gateway.serverVersion = own;
    const { port, events } = await serve(gateway);
    const client = await WireClient.start(port, versions, 12);
    expect(client.heard).toEqual([
      [agreed, gateway.serverTime],
      ["15", "1", "DU1,DU2"],
      ["9", "1", "7"],
    ]);
    expect(gateway.connections.map(({ clientId }) => clientId)).toEqual([12]);
    expect(events.at(-1)).toMatchObject({ kind: "joined", clientId: 12, version: Number(agreed) });
  });

  it("tells a client its version and closes where they have none in common", async () => {
    const { port, gateway, events } = await serve();
    const newer = new WireClient(port);
    newer.socket.write(greeting("v201..225"));
    newer.send("71", "2", "1", "");
    await newer.closed();
    expect(newer.heard).toEqual([["178", gateway.serverTime]]);
    expect(gateway.connections).toEqual([]);
    expect(leavings(events)).toEqual(["it speaks versions 201 to 225, the gateway up to 178"]);
  });

  it("closes on what is no beginning of a client", async () => {
    const { port, events } = await serve();
    for (const bytes of [Buffer.from("63\x001\0"), greeting("hello")]) {
      const client = new WireClient(port);
      client.socket.write(bytes);
      await client.closed();
      expect(client.heard).toEqual([]);
    }
    expect(leavings(events)).toEqual([
      expect.stringContaining("it does not begin with API"),
      expect.stringContaining('"hello" names no versions'),
    ]);
  });

  it("keeps requests that come before they are welcome", async () => {
    const gateway = new ScriptedGateway();
    gateway.greeting = [];
    const { port } = await serve(gateway);
    const client = new WireClient(port);
    client.socket.write(greeting("v100..178"));
    client.send("49", "1");
    client.send("71", "2", "3", "");
    client.send("61", "1");
    client.send("71", "2", "4", "");
    // Its answer comes of itself.
    client.send("8", "1", "1");
    client.send("71", "2", "-1", "");
    await client.until(() => client.of(4).length === 3);
    expect(client.of(4).map(([, , , code, text]) => [code, text])).toEqual([
      ["321", "reqCurrentTime came before startApi and is ignored"],
      ["321", "the API is started already"],
      ["321", "the client id is below 0"],
    ]);
    const [connection] = gateway.connections;
    expect(connection!.requests).toEqual([]);
    connection!.tell({ kind: "ready", nextId: 1 });
    expect(connection!.requests).toEqual([{ kind: "positions" }]);
  });
});

describe("requests", () => {
  it("reach the model, and its answers the client that asked", async () => {
    const gateway = new ScriptedGateway();
    gateway.answer = (request) =>
      request.kind === "current-time" ? [{ kind: "current-time", at: 1_709_605_800_000 }] : [];
    const { port } = await serve(gateway);
    const first = await WireClient.start(port, "v100..178", 1);
    const second = await WireClient.start(port, "v100..193", 2);
    second.send("49", "1");
    second.send("87", "5", ...STOCK, "0", "1", "TRADES", "2");
    await second.until(() => second.of(49).length > 0);
    expect(second.of(49)).toEqual([["49", "1", "1709605800"]]);
    await Promise.all([first.settled(), second.settled()]);
    expect(first.of(49)).toEqual([]);
    const asked = gateway.connections.map(({ requests }) => requests.map(({ kind }) => kind));
    expect(asked).toEqual([[], ["current-time", "head-timestamp"]]);
  });

  it("that it does not serve are answered with their id, and those it has none of truly", async () => {
    const { port, gateway } = await serve();
    const client = await WireClient.start(port);
    const begun = client.heard.length;
    client.send("1", "11", "21", ...STOCK, "0", "", "0", "0", "");
    client.send("3", "22", "whatever");
    client.send("12", "1", "1");
    client.send("5", "1");
    client.send("6", "2", "1", "DU1");
    client.send("7", "3", "23", "", "", "", "", "", "", "");
    client.send("62", "1", "24", "All", "NetLiquidation");
    client.send("74", "1", "25", "DU1", "");
    client.send("76", "1", "26", "DU1", "", "1");
    client.send("99", "0");
    client.send("104", "27");
    client.send("8", "1", "1");
    for (const silent of [2, 14, 59, 64]) client.send(String(silent), "1", "1");
    client.send("6", "2", "0", "DU1");
    await client.settled();
    const no = (name: string): string => `${name} is not supported by the simulated gateway`;
    expect(client.heard.slice(begun, -1)).toEqual([
      ["4", "2", "21", "321", no("reqMktData"), ""],
      ["4", "2", "22", "321", no("placeOrder"), ""],
      ["4", "2", "-1", "321", no("reqNewsBulletins"), ""],
      ["53", "1"],
      ["54", "1", "DU1"],
      ["55", "1", "23"],
      ["64", "1", "24"],
      ["72", "1", "25"],
      ["74", "1", "26"],
      ["102"],
      ["107", "27", ""],
      ["9", "1", "7"],
    ]);
    expect(gateway.connections[0]!.requests).toEqual([]);
  });

  it.each([
    ["v100..142", ["3", "45", "21"], ["4", "1", "22"], ["22", "4", "23"]],
    ["v100..144", ["3", "45", "21"], ["4", "1", "22"], ["22", "23"]],
    ["v100..178", ["3", "21"], ["4", "1", "22", ""], ["22", "23"]],
    ["v100..193", ["3", "21"], ["4", "22", ""], ["22", "23"]],
  ])("of %s have their id behind a version where there is one", async (versions, ...messages) => {
    const gateway = new ScriptedGateway();
    gateway.serverVersion = 193;
    const { port } = await serve(gateway);
    const client = await WireClient.start(port, versions, 1);
    for (const message of messages) client.send(...message);
    await client.settled();
    expect(client.of(4).map(([, , id, code]) => [id, code])).toEqual([
      ["21", "321"],
      ["22", "321"],
      ["23", "321"],
    ]);
  });

  it("that cannot be read are answered with 320, and the connection goes on", async () => {
    const { port, gateway } = await serve();
    const client = await WireClient.start(port);
    client.send("250", "1");
    client.send("hello");
    client.send("20", "31", "0", "IBM");
    client.send("25", "1", "x");
    client.send("20", "32", ...STOCK, "0", "", "1 day", "2 D", "1", "YIELD_BID", "2", "0", "");
    client.send("49", "1");
    await client.settled();
    expect(client.of(4).map(([, , id, code, text]) => [id, code, text])).toEqual([
      ["-1", "320", 'Error reading request: unknown message "250"'],
      ["-1", "320", 'Error reading request: unknown message "hello"'],
      ["31", "320", "Error reading request: message 20 (reqHistoricalData): secType is missing"],
      [
        "-1",
        "320",
        'Error reading request: message 25 (cancelHistoricalData): request id is "x" ' +
          "and not a whole number",
      ],
      ["32", "321", expect.stringContaining("YIELD_BID")],
    ]);
    expect(gateway.connections[0]!.requests).toEqual([{ kind: "current-time" }]);
  });

  it("before requests are welcome are bounded", async () => {
    const gateway = new ScriptedGateway();
    gateway.greeting = [];
    const { port, events } = await serve(gateway);
    const client = new WireClient(port);
    client.socket.write(greeting("v100..178"));
    client.send("71", "2", "1", "");
    for (let count = 0; count < 1_001; count += 1) client.send("49", "1");
    await client.closed();
    expect(leavings(events)).toEqual([
      "it made 1001 requests before it was told that they are welcome",
    ]);
  });
});

describe("a bad frame", () => {
  it.each([
    ["empty", Buffer.from([0, 0, 0, 0])],
    ["far too long", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["without an end", Buffer.from([0, 0, 0, 2, 52, 57])],
  ])("that is %s closes that client and no other", async (_, bytes) => {
    const { port, gateway, events, server } = await serve();
    const good = await WireClient.start(port, "v100..178", 1);
    const bad = await WireClient.start(port, "v100..178", 2);
    bad.socket.write(bytes);
    await bad.closed();
    await good.settled();
    expect(gateway.connections.map(({ isClosed }) => isClosed)).toEqual([false, true]);
    expect(events.at(-1)).toMatchObject({ kind: "left", clientId: 2 });
    expect(server.activity).toMatchObject({ accepted: 2, closed: 1 });
  });
});

const BAR: IbBar = {
  time: "1709605800",
  open: 3540.2,
  high: 3551.4,
  low: 3538.8,
  close: 3549,
  volume: 1234,
  average: 3545.125,
  count: 77,
};

describe("a client that does not read", () => {
  it("is cut off once too much waits for it", async () => {
    const { port, gateway, events } = await serve(new ScriptedGateway(), { outboundBytes: 1_000 });
    const client = await WireClient.start(port);
    client.socket.pause();
    const bars = Array.from({ length: 20_000 }, () => BAR);
    const [connection] = gateway.connections;
    // The network's own buffers take some megabytes at the most.
    for (let count = 0; count < 40; count += 1) {
      connection!.tell({ kind: "history", requestId: 1, bars });
    }
    expect(connection!.isClosed).toBe(true);
    client.socket.resume();
    await client.closed();
    expect(leavings(events)).toEqual(["it does not read: more than 1000 bytes wait for it"]);
  });
});

describe("long histories", () => {
  it("arrive whole", async () => {
    const { port, gateway, server } = await serve();
    const client = await WireClient.start(port);
    const bars = Array.from({ length: 50_000 }, (_, index) => ({ ...BAR, count: index }));
    gateway.connections[0]!.tell({ kind: "history", requestId: 1, bars });
    await client.until(() => client.of(17).length > 0);
    const [message] = client.of(17);
    expect(message!.slice(0, 5)).toEqual([
      "17",
      "1",
      "20240305-02:30:00",
      "20240305-02:30:00",
      "50000",
    ]);
    expect(message).toHaveLength(5 + 8 * bars.length);
    expect(message!.at(-1)).toBe("49999");
    expect(server.activity).toEqual({
      accepted: 1,
      closed: 0,
      framesIn: 2,
      framesOut: 4,
      waitingBytes: 0,
    });
  });
});
