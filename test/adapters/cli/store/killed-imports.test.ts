// Goal: an import that is killed at any write, or finds the disk full there, has lost nothing that
// was stored, and the same command again ends it: the store is then as if nothing had happened.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../../../../sim/random.ts";
import { StoreLab, whyNoFaults } from "../../store/lmdb/store-child.ts";
import { barline, barlines, expectOneLine, HANGS_MS, workFolder } from "../barline.ts";

const file = workFolder();
const lab = new StoreLab();
const STORE = ["--store", file("store")];
/** More than go into one transaction. */
const ROWS = 70_000;
const KILLS = 10;

function minutes(): string {
  const random = new Random(3, "minutes");
  const text = ["open_time,open,high,low,close,volume"];
  let price = 10_000;
  for (let row = 0; row < ROWS; row += 1) {
    const open = price;
    price += random.integer(-9, 9);
    const [high, low] = [Math.max(open, price) + 3, Math.min(open, price) - 3];
    text.push(`${1_700_000_040 + 60 * row},${open},${high},${low},${price},${row % 999}`);
  }
  return `${text.join("\n")}\n`;
}

const bars = file("minutes.csv", minutes());

function importing(symbol: string): string[] {
  return ["bars", "import", bars, "--symbol", symbol, "--calendar", "24/7", "--json", ...STORE];
}

describe("an import", () => {
  // Why it says nothing elsewhere is in its title.
  const why = whyNoFaults();
  const title = "outlives its death at any write, and a full disk";

  it(why === undefined ? title : `${title}: not tried, ${why}`, { timeout: HANGS_MS }, async () => {
    if (why !== undefined) return;
    // The first one remembers the file as well; the second shows how many writes the others make.
    const remembering = lab.faultyDisk({ kind: "nothing", call: 0 });
    expect((await barline(importing("CALM"), { env: remembering.env })).code).toBe(0);
    const counting = lab.faultyDisk({ kind: "nothing", call: 0 });
    expect((await barline(importing("COUNTED"), { env: counting.env })).code).toBe(0);
    const calls = counting.calls();
    expect(calls).toBeGreaterThan(KILLS);
    const symbols = Array.from({ length: KILLS }, (_, index) => `KILLED-${index}`);
    for (const [index, symbol] of symbols.entries()) {
      const call = 1 + Math.floor((index * (calls - 1)) / (KILLS - 1));
      const kind = (["kill-before", "kill-torn", "kill-after"] as const)[index % 3]!;
      const ended = await barline(importing(symbol), { env: lab.faultyDisk({ kind, call }).env });
      expect(ended).toEqual({ code: null, stdout: "", stderr: "" });
    }
    const full = lab.faultyDisk({ kind: "no-space", call: Math.ceil(calls / 2), count: 1_000 });
    const refused = await barline(importing("FULL"), { env: full.env });
    expectOneLine(refused, 2, "store: ");
    // Where it hits the page that makes a transaction count, it is not known what reached the disk.
    expect(refused.stderr).toMatch(/the disk is full, nothing|a write failed \(No space left/);
    const again = await barlines(file, [
      ["bars", "verify", "--json", ...STORE],
      ...[...symbols, "FULL"].map(importing),
      ["bars", "verify", "--json", ...STORE],
      ...[...symbols, "FULL", "CALM"].map((symbol) => [
        ...["bars", "export", `${symbol} 1m trades regular`, "--quiet"],
        ...["--out", file(`${symbol}.csv`), ...STORE],
      ]),
    ]);
    expect(again.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(again.map(() => "0 "));
    const resumed = again.slice(1, 2 + KILLS).map(({ stdout }) => JSON.parse(stdout));
    for (const each of resumed) {
      expect(each.new + each.already).toBe(ROWS);
      expect(each).toMatchObject({ corrected: 0, gaps: 0, lost: 0 });
    }
    // Some were killed when a part of their bars was stored, and it was not lost.
    expect(resumed.filter((each) => each.already > 0).length).toBeGreaterThan(1);
    expect(resumed.filter((each) => each.new > 0).length).toBeGreaterThan(1);
    const calm = readFileSync(file("CALM.csv"), "utf8");
    for (const symbol of [...symbols, "FULL"]) {
      expect(readFileSync(file(`${symbol}.csv`), "utf8")).toBe(calm);
    }
  });

  it("that is killed while it remembers a file leaves nothing behind", {
    timeout: HANGS_MS,
  }, async () => {
    if (why !== undefined) return;
    const other = ["--store", file("other")];
    const run = ["bars", "import", bars, "--symbol", "M", "--json", ...other];
    for (const call of [1, 2, 4, 9]) {
      const { env } = lab.faultyDisk({ kind: "kill-torn", call });
      expect(await barline(run, { env })).toEqual({ code: null, stdout: "", stderr: "" });
    }
    const [ended, sound] = await barlines(file, [run, ["bars", "verify", "--json", ...other]]);
    expect(JSON.parse(ended!.stdout)).toMatchObject({ new: ROWS });
    expect(sound!.code).toBe(0);
  });
});
