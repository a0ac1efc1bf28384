import { describe, expect, it } from "vitest";
import { barline } from "./barline.ts";

// Goal: `barline sim` runs seeds on several threads alike, says what came about, and replays one.

describe("barline sim", () => {
  it("gives the same digests on one thread as on two, each run twice", async () => {
    const flags = ["sim", "--seeds", "1..2", "--fault", "none", "--twice", "--json"];
    const one = await barline([...flags, "--workers", "1"]);
    const two = await barline([...flags, "--workers", "2"]);
    const plain = (text: string) => ({ ...JSON.parse(text), seconds: 0 });
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(plain(two.stdout)).toEqual(plain(one.stdout));
    expect(plain(one.stdout).digest).toMatch(/^[0-9a-f]{16}$/);
    expect(plain(one.stdout)).toMatchObject({ seeds: 2, failing: [] });
    expect(plain(one.stdout).probes["nothing went wrong"]).toBe(2);
  });

  it("prints what was drawn for one seed, and what happened", async () => {
    const { code, stdout } = await barline(["sim", "--seed", "2", "--fault", "kill", "--verbose"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^seed {12}2$/m);
    expect(stdout).toMatch(/^fault 28 kill at /m);
    expect(stdout).toMatch(/life 2 {2}run 1 is resumed$/m);
    expect(stdout).toMatch(/^seed 2, digest [0-9a-f]{16}: all is well$/m);
  });

  it("says how a range of seeds is written", async () => {
    const { code, stderr } = await barline(["sim", "--seeds", "9..1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Write the first seed and the last, such as 1..1000");
  });
});
