import type { PatchedBug } from "./patch.ts";

/** The journal of a run. */
export const JOURNAL_BUGS: readonly PatchedBug[] = [
  {
    name: "what is decided goes out before it is durable",
    file: "core/engine/recorder.ts",
    find: "      const records = [...this.#records, mark];\n",
    replace: "      const records = [...this.#records, mark];\n      this.#release();\n",
  },
  {
    name: "what could not be made durable goes out all the same",
    file: "core/engine/recorder.ts",
    find: "        this.#fail(error);\n        return;\n",
    replace: "        this.#release();\n        this.#fail(error);\n        return;\n",
    fault: "disk-full",
  },
  {
    name: "ids of orders are used again after a restart",
    file: "adapters/store/journal/store-journal.ts",
    find: "const lastOrderId = lastOrderIn(records, head.lastOrderId);",
    replace: "const { lastOrderId } = head;",
    like: "29",
  },
  {
    name: "the watermark of a run is written one commit late",
    file: "adapters/store/journal/store-journal.ts",
    find: "      putHead(writer, number, { ...next, at });\n",
    replace: "      putHead(writer, number, { ...head, at });\n",
    like: "7",
  },
  {
    name: "the watermark of a run stands still",
    file: "adapters/store/journal/store-journal.ts",
    find: "      putHead(writer, number, { ...next, at });\n",
    replace: "      putHead(writer, number, next);\n",
    like: "7",
  },
  {
    name: "a checksum is written and never looked at",
    file: "adapters/store/sealed.ts",
    find: "if (checksumOf(sealed) !== crc32(content, crc32(key))) {",
    replace: "if (Number.isNaN(checksumOf(sealed))) {",
    fault: "flipped-bit",
  },
  {
    name: "a snapshot forgets how far the run had heard",
    file: "core/engine/run-snapshot.ts",
    find: "parts.goesOnAt = from.float64();",
    replace: "from.float64();",
    fault: "kill",
    like: "2",
  },
  {
    name: "a snapshot forgets that the run was READY",
    file: "core/engine/run-state.ts",
    find: "this.#readyAt = Number.isNaN(readyAt) ? undefined : readyAt;",
    replace: "this.#readyAt = undefined;",
    fault: "kill",
  },
  {
    name: "a snapshot leaves out how many bars a revision can reach",
    file: "core/engine/revisable-bars.ts",
    find: "this.#count = loadInteger(from, 0, Number.MAX_SAFE_INTEGER, owner);",
    replace: "loadInteger(from, 0, Number.MAX_SAFE_INTEGER, owner);",
    fault: "kill",
  },
  {
    name: "a snapshot loses the newest place in the window",
    file: "core/indicators/exact-window-mean.ts",
    find: "this.#newest = loadInteger(from, -1, length - 1, this.#owner);",
    replace: "this.#newest = Math.max(0, loadInteger(from, -1, length - 1, this.#owner) - 1);",
    fault: "kill",
    like: "43",
  },
  {
    name: "the bar that is stored last is not known to go on from",
    file: "core/engine/revisable-bars.ts",
    find: "return this.#bars.slice(from, length);",
    replace: "return this.#bars.slice(from, Math.max(from, length - 1));",
    fault: "kill",
    like: "22",
  },
  {
    name: "the time that a run has heard ends with its last bar's opening",
    file: "core/engine/run.ts",
    find: "this.#heardTo(bars.closeTime[bars.length - 1]!);",
    replace: "this.#heardTo(bars.openTime[bars.length - 1]!);",
    fault: "kill",
    like: "22",
  },
  {
    name: "the run goes on one bar behind where it stopped",
    file: "core/engine/run.ts",
    find: "const from = isGoingOn ? this.parts.goesOnAt : this.#options.from;",
    replace: "const from = isGoingOn ? this.#options.clock.now() : this.#options.from;",
    fault: "kill",
    like: "7",
  },
];

/** The bars that are stored. */
export const STORE_BUGS: readonly PatchedBug[] = [
  {
    name: "coverage is stored without the bars that came with it",
    file: "adapters/store/journal/stored-words.ts",
    find: "return [{ bars, source: SOURCES[origin], receivedAt, covered: ownSlots(bars) }];",
    replace: "return [{ source: SOURCES[origin], receivedAt, covered: ownSlots(bars) }];",
    like: "20",
  },
  {
    name: "a revision is not stored",
    file: "adapters/store/journal/stored-words.ts",
    find: 'if (event.type === "revision") {',
    replace: 'if (event.type === "revision" && event.before === null) {',
    fault: "revision",
  },
  {
    name: "of two bars of one opening the store keeps the older",
    file: "adapters/store/bars/merge-bars.ts",
    find: "      take(newer, newAt);\n",
    replace: "      if (oldOpen === newOpen) take(old, oldAt);\n      else take(newer, newAt);\n",
    fault: "revision",
  },
];
