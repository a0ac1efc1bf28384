import { describe, expect, it } from "vitest";
import { runSeed } from "../../../sim/fleet/index.ts";
import { barline } from "./barline.ts";

// Goal: `barline sim` runs seeds on several threads alike, says what came about, and replays one.

describe("barline sim", () => {
  it("gives the same digests on one thread as on two", async () => {
    const flags = ["sim", "--seeds", "1..2", "--fault", "none", "--json"];
    const one = await barline([...flags, "--workers", "1"]);
    const two = await barline([...flags, "--workers", "2"]);
    const plain = (text: string) => ({ ...JSON.parse(text), seconds: 0 });
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(plain(two.stdout)).toEqual(plain(one.stdout));
    expect(plain(one.stdout).digest).toMatch(/^[0-9a-f]{16}$/);
    expect(plain(one.stdout)).toMatchObject({ seeds: 2, failing: [] });
    expect(plain(one.stdout).probes["nothing went wrong"]).toBe(2);
  });

  it("gives the same digests in other processes, and a line for each", async () => {
    const flags = ["sim", "--seeds", "1..2", "--fault", "kill", "--phase", "seam", "--digests"];
    const { code, stdout, stderr } = await barline([...flags, "--twice", "--workers", "2"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "2 runs on 2 threads\n" });
    const digests = [1, 2].map((seed) => {
      return `${seed} kill seam ${runSeed(seed, { fault: "kill", phase: "seam" }).digest}\n`;
    });
    expect(stdout).toBe(digests.join(""));
  });

  it("goes through a matrix, and ends in good order when asked to", async () => {
    const { code, stdout, stderr } = await barline(
      ["sim", "--matrix", "singles", "--seeds", "1..9", "--workers", "1"],
      { signalOn: { text: "1,440 runs on 1 thread", signal: "SIGINT" } },
    );
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted: no further seed is begun");
    expect(stdout).toMatch(/^ {4}fault +backfill +seam +live +reconnect +restart$/m);
    expect(stdout).toMatch(/^32 {2}flipped-bit +- +- +- +- +-$/m);
    expect(stdout).toMatch(/^never met: \d\d of \d\d situations and kinds of runs/m);
  });

  it("has a picture of pairs, and fails for what was required and never came", async () => {
    const flags = ["sim", "--matrix", "pairs", "--minutes", "0.001", "--require-probes"];
    const { code, stdout } = await barline([...flags, "--workers", "1"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^never met: .*; a run was resumed; .*; fault kill; /m);
    expect(stdout).toMatch(/^not all was met that must be$/m);
    expect(stdout).toMatch(/^ +111 1111 1112 2222 2222 2333$/m);
    expect(stdout).toMatch(/^ 1 duplicate +[.cdr]/m);
  });

  it("prints what was drawn for one seed, and what happened", async () => {
    const { code, stdout } = await barline(["sim", "--seed", "2", "--fault", "kill", "--verbose"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^seed {12}2$/m);
    expect(stdout).toMatch(/^fault 28 kill at /m);
    expect(stdout).toMatch(/life 2 {2}run 1 is resumed$/m);
    expect(stdout).toMatch(/^seed 2, digest [0-9a-f]{16}: all is well$/m);
  });

  it("knows which faults there are, and what goes with a matrix", async () => {
    const wrong = await barline(["sim", "--fault", "kill,flood"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("Give none, or of these: duplicate, gap,");
    const both = await barline(["sim", "--matrix", "pairs", "--fault", "kill"]);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain("cannot be used with option");
  });

  it("says how a range of seeds is written", async () => {
    const { code, stderr } = await barline(["sim", "--seeds", "9..1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Write the first seed and the last, such as 1..1000");
  });
});
