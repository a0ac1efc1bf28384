import { type AddressInfo, createServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { TwsServer } from "../../../sim/tws/index.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";
import { closeServers, leavings, serve } from "./served.ts";
import { greeting, WireClient } from "./wire-client.ts";

// Goal: whoever ends a connection, both sides hear of it; a gateway that goes down takes its
// clients and its port with it, and comes back on the same one.

afterEach(closeServers);

describe("the end of a connection", () => {
  it("by the model comes after its last word", async () => {
    const { port, gateway, events } = await serve();
    const client = await WireClient.start(port);
    gateway.connections[0]!.tell(
      { kind: "notice", requestId: -1, code: 326, message: "client id in use" },
      { kind: "closed", reason: "the client id is in use" },
    );
    await client.closed();
    expect(client.of(4)).toEqual([["4", "2", "-1", "326", "client id in use", ""]]);
    expect(leavings(events)).toEqual(["the client id is in use"]);
  });

  it("by the client is told to the model", async () => {
    const { port, gateway, events, server } = await serve();
    const client = await WireClient.start(port);
    const broken = await WireClient.start(port);
    client.socket.end();
    await client.closed();
    broken.socket.resetAndDestroy();
    while (server.activity.closed < 2) await setImmediate();
    expect(gateway.connections.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(leavings(events)).toEqual(["the client left", "the connection broke: read ECONNRESET"]);
  });
});

describe("a gateway that goes down", () => {
  it("ends its clients, refuses new ones, and comes back on the same port", async () => {
    const { port, gateway, server, events } = await serve();
    const client = await WireClient.start(port);
    const greeted = new WireClient(port);
    greeted.socket.write(greeting("v100..178"));
    await greeted.until(() => greeted.heard.length === 1);
    gateway.isDown = true;
    const early = new WireClient(port);
    await early.closed();
    server.follow();
    server.follow();
    await Promise.all([client.closed(), greeted.closed()]);
    expect(gateway.connections[0]!.isClosed).toBe(true);
    const refused = new WireClient(port);
    await refused.closed();
    expect(refused.socket.bytesRead).toBe(0);
    gateway.isDown = false;
    server.follow();
    const back = await reached(port);
    await back.settled();
    expect(gateway.connections).toHaveLength(2);
    expect(events.map(({ kind }) => kind)).toEqual([
      "listening",
      "joined",
      "deaf",
      "left",
      "left",
      "listening",
      "joined",
    ]);
  });

  it("does not listen when it went down again while its port was being opened", async () => {
    const { port, gateway, server, events } = await serve();
    for (const isDown of [true, false, true, false]) {
      gateway.isDown = isDown;
      server.follow();
    }
    await (await reached(port)).settled();
    expect(events.filter(({ kind }) => kind === "listening")).toHaveLength(2);
  });

  it("is not listened for when it is down from the start", async () => {
    const gateway = new ScriptedGateway();
    gateway.isDown = true;
    const { port, server } = await serve(gateway);
    const refused = new WireClient(port);
    await refused.closed();
    gateway.isDown = false;
    server.follow();
    await (await reached(port)).settled();
    expect(server.activity.accepted).toBe(1);
  });

  it("says that it cannot listen again where its port was taken, and tries the next time", async () => {
    const { port, gateway, server, events } = await serve();
    gateway.isDown = true;
    server.follow();
    const taker = createServer();
    await new Promise<void>((resolve) => taker.listen(port, "127.0.0.1", resolve));
    gateway.isDown = false;
    server.follow();
    while (events.length < 3) await setImmediate();
    expect(events.at(-1)).toMatchObject({
      kind: "deaf",
      reason: expect.stringContaining("the port is in use"),
    });
    await new Promise((resolve) => taker.close(resolve));
    server.follow();
    await (await reached(port)).settled();
  });
});

/** Connects again and again until it is heard. */
async function reached(port: number): Promise<WireClient> {
  for (;;) {
    const client = new WireClient(port);
    client.socket.write(greeting("v100..178"));
    await client.until(() => client.isClosed || client.heard.length > 0);
    if (client.isClosed) continue;
    client.send("71", "2", "1", "");
    await client.until(() => client.of(9).length > 0);
    return client;
  }
}

describe("listening", () => {
  it("draws a port that the system gives to nobody else while the gateway is down", async () => {
    const { port, gateway, server } = await serve();
    gateway.isDown = true;
    server.follow();
    // Many programs that take whatever they are given.
    const others = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const other = createServer();
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        return other;
      }),
    );
    const given = others.map((other) => (other.address() as AddressInfo).port);
    for (const other of others) other.close();
    expect(port).toBeLessThan(Math.min(...given));
    gateway.isDown = false;
    server.follow();
    await (await reached(port)).settled();
  });

  it("says why none can be drawn", async () => {
    const nowhere = new TwsServer(new ScriptedGateway(), { host: "192.0.2.1" });
    await expect(nowhere.listen(0)).rejects.toMatchObject({ code: "cannot-listen" });
  });

  it("fails on a port that is in use, with a cure", async () => {
    const { port } = await serve();
    const other = new TwsServer(new ScriptedGateway());
    await expect(other.listen(port)).rejects.toMatchObject({
      code: "cannot-listen",
      message: `port ${port}: the port is in use; choose another one, or 0 for any that is free`,
    });
    await other.close();
  });

  it("ends with the server, and so does every client", async () => {
    const { port, server, gateway } = await serve();
    const client = await WireClient.start(port);
    await server.close();
    await client.closed();
    expect(gateway.connections[0]!.isClosed).toBe(true);
    server.follow();
    const late = new WireClient(port);
    await late.closed();
    expect(server.activity).toMatchObject({ accepted: 1, closed: 1 });
  });
});
