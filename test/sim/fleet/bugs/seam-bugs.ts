import type { PatchedBug } from "./patch.ts";

const SEAM = "core/feed/seam";

/** Where history and live bars become one stream. */
export const SEAM_BUGS: readonly PatchedBug[] = [
  {
    name: "a bar that was not restated lately counts as whole",
    file: `${SEAM}/bar-intake.ts`,
    find: "held.seenAt >= slot.closeTime - (isCalled ? Math.max(quietMs, graceMs) : quietMs);",
    replace: "held.seenAt >= slot.openTime - (isCalled ? Math.max(quietMs, graceMs) : quietMs);",
    fault: "gap",
    like: "32",
  },
  {
    name: "the bar that is waited for counts as one that went out",
    file: `${SEAM}/bar-intake.ts`,
    find: "if (window.next === undefined || bar.openTime < window.next) {",
    replace: "if (window.next === undefined || bar.openTime <= window.next) {",
    like: "22",
  },
  {
    name: "an older restatement that lagged takes the place of a newer one",
    file: `${SEAM}/held-bars.ts`,
    find: "(candidate.epoch === present.epoch && !grows(present.bar, candidate.bar));",
    replace: "false;",
    fault: "out-of-order",
    like: "47",
  },
  {
    name: "a live bar outranks what history says of it",
    file: `${SEAM}/bar-memory.ts`,
    find: "{ forming: 0, live: 1, history: 2 }",
    replace: "{ forming: 0, live: 2, history: 1 }",
    fault: "revision",
    like: "37",
  },
  {
    name: "a revision bears the number of what it takes the place of",
    file: `${SEAM}/bar-memory.ts`,
    find: "version: known === undefined ? 2 : known.version + 1",
    replace: "version: known?.version ?? 1",
    fault: "revision",
  },
  {
    name: "a revision is not remembered, and told again at every look",
    file: `${SEAM}/bar-memory.ts`,
    find: "this.#amendLate(entry);\n    else this.#entries[place] = entry;",
    replace: "this.#amendLate(entry);",
    fault: "revision",
  },
  {
    name: "the last bar that went out is not found again",
    file: `${SEAM}/bar-memory.ts`,
    find: "let high = this.#added - 1;",
    replace: "let high = this.#added - 2;",
    like: "11",
  },
  {
    name: "a repair that is over still counts as under way",
    file: `${SEAM}/splice-run.ts`,
    find: "    this.#sequencer.fetchEnded(range, now);\n",
    replace: "",
    fault: "lost-link",
    like: "3",
  },
  {
    name: "the seam wakes at the very instant that it has just looked at",
    file: `${SEAM}/bar-sequencer.ts`,
    find: "if (now < closeTime) return closeTime;",
    replace: "if (now <= closeTime) return closeTime;",
    like: "25",
  },
  {
    name: "the hold is released with the first bars of history",
    file: `${SEAM}/bar-sequencer.ts`,
    find: 'this.#intake.take(batch, "history", now, this.#window());',
    replace:
      'this.#intake.take(batch, "history", now, this.#window());\n    this.#holding = false;',
    like: "1",
  },
];

/** Where larger bars are made of smaller ones. */
export const AGGREGATION_BUGS: readonly PatchedBug[] = [
  {
    name: "the volume of a larger bar leaves out its first part",
    file: "core/feed/aggregation/period.ts",
    find: "sumVolumes(volume, from, to)",
    replace: "sumVolumes(volume, from + 1, to)",
    like: "32",
  },
  {
    name: "a revised part is put beside the one it takes the place of",
    file: "core/feed/aggregation/period.ts",
    find: "if (place < this.#to && before.openTime[place] === bar.openTime) place += 1;",
    replace: "",
    fault: "revision",
    like: "12",
  },
  {
    name: "the first larger bar is made of what there is of it",
    file: "core/feed/aggregation/aggregate-reach.ts",
    find: "this.#ownFrom = full ? slot.openTime : slot.closeTime;",
    replace: "this.#ownFrom = slot.openTime;",
    like: "16",
  },
  {
    name: "a corrected part does not correct the larger bar",
    file: "core/feed/aggregation/bar-aggregator.ts",
    find: "    this.#memory.amend(period, after);\n    this.#restate(period);",
    replace: "    this.#memory.amend(period, after);",
    fault: "revision",
  },
  {
    name: "a revised larger bar is told as the first version again",
    file: "core/feed/aggregation/aggregate-output.ts",
    find: "    period.version += 1;\n",
    replace: "",
    fault: "revision",
  },
];
