import { expect } from "vitest";

// Goal of this checker: to judge traces without a line of Barline's own code. It reads NDJSON the
// way any other program would, and compares the text of the numbers, not what they parse to.

interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A bar with everything that was said of it, as text. */
interface TracedBar {
  readonly openTime: string;
  readonly closeTime: string;
  readonly text: string;
  readonly indicators: string[];
  readonly signals: string[];
}

export interface Checked {
  readonly lines: readonly Line[];
  readonly bars: readonly TracedBar[];
  /** The `at` of the first change to READY. */
  readonly readyAt: string | undefined;
  readonly signals: readonly Line[];
}

/** Takes a trace apart and checks what every trace must keep to. */
export function checkTrace(text: string): Checked {
  expect(text.endsWith("\n")).toBe(true);
  const raw = text.slice(0, -1).split("\n");
  const lines = raw.map((line) => JSON.parse(line) as Line);
  expect(lines[0]?.type).toBe("run");
  expect(lines.filter(({ type }) => type === "run")).toHaveLength(1);
  const bars: TracedBar[] = [];
  const bySeq = new Map<unknown, TracedBar>();
  let readyAt: string | undefined;
  lines.forEach((line, index) => {
    if (line.type === "bar") {
      const bar: TracedBar = {
        openTime: String(line.openTime),
        closeTime: String(line.closeTime),
        text: /"series":.*"volume":[^,}]*/.exec(raw[index]!)![0],
        indicators: [],
        signals: [],
      };
      expect(line.seq).toBe(bars.length + 1);
      if (bars.length > 0) expect(bar.openTime >= bars.at(-1)!.closeTime).toBe(true);
      bars.push(bar);
      bySeq.set(line.seq, bar);
    } else if (line.type === "indicator") {
      bySeq.get(line.seq)!.indicators.push(/"name":.*/.exec(raw[index]!)![0]);
    } else if (line.type === "signal") {
      expect(readyAt, "no signal before READY").toBeDefined();
      bySeq.get(line.seq)!.signals.push(String(line.name));
    } else if (line.type === "state" && line.to === "READY") readyAt ??= String(line.at);
  });
  const signals = lines.filter(({ type }) => type === "signal");
  return { lines, bars, readyAt, signals };
}

/** Expects a run that began later to agree, from its READY on, with one that never stopped. */
export function expectAgreement(whole: Checked, joined: Checked): void {
  expect(whole.readyAt).toBeDefined();
  expect(joined.readyAt).toBeDefined();
  const from = whole.readyAt! > joined.readyAt! ? whole.readyAt! : joined.readyAt!;
  const later = ({ bars }: Checked): readonly TracedBar[] =>
    bars.filter(({ closeTime }) => closeTime > from);
  expect(later(joined)).toEqual(later(whole));
  // The warm-up bars are the same as well, one for one and without a hole.
  const before = joined.bars.filter(({ closeTime }) => closeTime <= from);
  const known = whole.bars.findIndex(({ openTime }) => openTime === before[0]?.openTime);
  const expected = whole.bars.slice(known, known + before.length);
  expect(before.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
}
