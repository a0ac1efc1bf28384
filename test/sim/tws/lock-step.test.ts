import { connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { LockStep } from "../../../sim/tws/lock-step.ts";

// Goal: while anything is under way virtual time stands still, and otherwise it goes as fast as it
// can, so that what happens over a socket depends on virtual time alone.

/** A wire that stirs when it is told to. */
class ScriptedWire {
  words = 0;
  busy = false;

  stirred(): number {
    return this.words;
  }

  isBusy(): boolean {
    return this.busy;
  }

  /** A word that comes after so many turns of the event loop, and what it leads to. */
  async wordAfter(turns: number, action: () => void): Promise<void> {
    this.words += 1;
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    this.words += 1;
    action();
  }
}

function setUp() {
  const time = new VirtualTime(0);
  const wire = new ScriptedWire();
  return { time, wire, step: new LockStep(time, wire) };
}

describe("lock step", () => {
  it("moves on to the next action only when what the last one began is through", async () => {
    const { time, wire, step } = setUp();
    const heard: (readonly [at: number, word: string])[] = [];
    for (const at of [10, 20, 30]) {
      time.schedule(at, () => {
        void wire.wordAfter(2, () => {
          heard.push([time.now(), "first"]);
          // The answer leads to another question.
          void wire.wordAfter(3, () => heard.push([time.now(), "second"]));
        });
      });
    }
    await step.play(() => false);
    expect(heard).toEqual(
      [10, 20, 30].flatMap((at) => [
        [at, "first"],
        [at, "second"],
      ]),
    );
  });

  it("waits, however long it takes, for what is known to be under way", async () => {
    const { time, wire, step } = setUp();
    const heard: number[] = [];
    time.schedule(10, () => {
      wire.busy = true;
      void (async () => {
        for (let turn = 0; turn < 500; turn += 1) await setImmediate();
        heard.push(time.now());
        wire.busy = false;
      })();
    });
    time.schedule(20, () => heard.push(time.now()));
    await step.play(() => false);
    expect(heard).toEqual([10, 20]);
  });

  it("waits for what is under way at the start, before the first action", async () => {
    const { time, wire, step } = setUp();
    const heard: string[] = [];
    void wire.wordAfter(3, () => heard.push(`word at ${time.now()}`));
    time.schedule(10, () => heard.push("action"));
    await step.play(() => false);
    expect(heard).toEqual(["word at 0", "action"]);
  });

  it("stops before the action that is too late, and where nothing is left", async () => {
    const { time, step } = setUp();
    const ran: number[] = [];
    for (const at of [1, 2, 3]) time.schedule(at, () => ran.push(at));
    await step.play(() => time.nextAt! > 2);
    expect(ran).toEqual([1, 2]);
    await step.play(() => false);
    expect(ran).toEqual([1, 2, 3]);
    expect(time.now()).toBe(3);
  });

  it("lets the rest of the program go on while nothing is said for long", async () => {
    const { time, step } = setUp();
    let left = 2_000;
    const again = (): void => {
      left -= 1;
      if (left > 0) time.schedule(time.now() + 1, again);
    };
    time.schedule(1, again);
    let leftThen = 0;
    const elsewhere = (async () => {
      // Well beyond the turns in which the wire is found quiet at the start.
      for (let turn = 0; turn < 8; turn += 1) await setImmediate();
      leftThen = left;
    })();
    await step.play(() => false);
    await elsewhere;
    expect(left).toBe(0);
    expect(leftThen).toBeGreaterThan(0);
  });

  it("hears every word of a socket at the virtual time at which it was said", async () => {
    const time = new VirtualTime(0);
    let words = 0;
    let peer: Socket | undefined;
    const server = createServer((socket) => {
      peer = socket.setNoDelay(true);
      words += 1;
      // Says back whatever it hears, in two parts.
      socket.on("data", (chunk) => {
        words += 1;
        socket.write(chunk.subarray(0, 1));
        socket.write(chunk.subarray(1));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    const heard = new Map<number, string>();
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      words += 1;
      heard.set(time.now(), (heard.get(time.now()) ?? "") + chunk.toString());
    });
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const expected = new Map<number, string>();
    for (let at = 1; at <= 200; at += 1) {
      const word = `word ${at}`;
      expected.set(at, word);
      time.schedule(at, () => {
        words += 1;
        socket.write(word);
      });
    }
    const step = new LockStep(time, { stirred: () => words, isBusy: () => false });
    await step.play(() => false);
    expect(heard).toEqual(expected);
    socket.destroy();
    peer?.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
