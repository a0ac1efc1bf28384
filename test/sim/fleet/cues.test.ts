import { describe, expect, it } from "vitest";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import { Cues } from "../../../sim/fleet/cues.ts";
import type { Seen } from "../../../sim/fleet/seen.ts";
import type { Cue, Trouble } from "../../../sim/fleet/trouble.ts";

// Goal: what waits for a cue strikes after it, once, in its order, and in the end without it.

function trouble(name: string, at: number, cue?: Cue): Trouble {
  return {
    fault: 27,
    name,
    at,
    ...(cue === undefined ? {} : { cue }),
    harm: { kind: "stall", forMs: 1 },
  };
}

/** Lets troubles strike while things are seen, and says when each did. */
function struck(
  troubles: readonly Trouble[],
  sights: readonly (readonly [at: number, seen: Seen])[],
): readonly string[] {
  const time = new VirtualTime(0);
  const all: string[] = [];
  const cues = new Cues(troubles, time, ({ name }) => all.push(`${name} ${time.now()}`));
  cues.start();
  for (const [at, seen] of sights) time.schedule(at, () => cues.see(seen));
  while (time.step());
  return all;
}

const ready: Seen = { at: 0, life: 1, kind: "state", run: 1, to: "READY", reason: "" };
const began = (life: number): Seen => ({ at: 0, life, kind: "began" });
const link = (text: string): Seen => ({ at: 0, life: 1, kind: "link", text });

describe("a trouble that waits for a cue", () => {
  const onReady = trouble("one", 100, { on: "ready", afterMs: 5 });

  it("strikes so long after it, and once", () => {
    expect(
      struck(
        [onReady],
        [
          [10, ready],
          [20, ready],
        ],
      ),
    ).toEqual(["one 15"]);
  });

  it("strikes at its instant where the cue has not come, or comes too late", () => {
    expect(struck([onReady], [])).toEqual(["one 100"]);
    expect(
      struck(
        [onReady],
        [
          [98, ready],
          [200, ready],
        ],
      ),
    ).toEqual(["one 100"]);
  });

  it("does not hear what comes before the one that strikes first", () => {
    const first = trouble("zero", 30);
    expect(
      struck(
        [first, onReady],
        [
          [10, ready],
          [40, ready],
        ],
      ),
    ).toEqual(["zero 30", "one 45"]);
  });

  it("follows the one before it, whenever that strikes", () => {
    const next = trouble("two", 120, { on: "struck", afterMs: 20 });
    expect(struck([onReady, next], [[10, ready]])).toEqual(["one 15", "two 35"]);
    expect(struck([onReady, next], [])).toEqual(["one 100", "two 120"]);
  });

  it("takes nothing else for its cue", () => {
    const again = trouble("one", 100, { on: "began", afterMs: 0 });
    expect(
      struck(
        [again],
        [
          [10, began(1)],
          [20, ready],
          [30, began(2)],
        ],
      ),
    ).toEqual(["one 30"]);
    const back = trouble("one", 100, { on: "link", afterMs: 0 });
    const words = [link("down: gone"), link("suspended: 1100"), link("resumed")];
    const sights = words.map((word, index) => [10 * (index + 1), word] as const);
    expect(struck([back], sights)).toEqual(["one 30"]);
    const taken: Seen = { at: 0, life: 1, kind: "taken", run: 1, how: "new" };
    const asking = trouble("one", 100, { on: "taken", afterMs: 0 });
    expect(
      struck(
        [asking],
        [
          [10, ready],
          [20, taken],
        ],
      ),
    ).toEqual(["one 20"]);
  });
});
