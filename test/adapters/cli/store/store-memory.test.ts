// Goal: a file that was read before is taken from the store and nowhere else; damage of what is
// kept there costs a word and the reading.
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BarFileRequest, openBarFile } from "../../../../adapters/cli/bars/bar-file.ts";
import { fingerprint } from "../../../../adapters/cli/bars/memory/file-fingerprint.ts";
import { StoreMemory } from "../../../../adapters/cli/bars/memory/store-memory.ts";
import { Talk } from "../../../../adapters/cli/terminal/talk.ts";
import { ImportCache } from "../../../../adapters/store/imports/import-cache.ts";
import { ENTRY, entriesOf } from "../../../../adapters/store/keys.ts";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import type { OrderedStore } from "../../../../adapters/store/port/ordered-store.ts";
import { instrument } from "../../../../core/market/instrument.ts";
import { barSize } from "../../../../core/time/bar-size.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { calendarOfSessions } from "../../../../core/time/trading-calendar.ts";
import { UTC } from "../../../../core/time/zone.ts";
import { IF_15M, lines15m, workFolder } from "../barline.ts";

const file = workFolder();

function request(of: string, more: Partial<BarFileRequest> = {}): BarFileRequest {
  return { file: of, instrument: instrument("IF"), dialect: {}, onFault: "fail", ...more };
}

/** A memory in a store, and what it has said. */
function memoryIn(directory: string): { memory: StoreMemory; said: string[] } {
  const said: string[] = [];
  const talk = new Talk(true);
  talk.say = (line) => said.push(line);
  return { memory: new StoreMemory(directory, talk), said };
}

async function closes(of: BarFileRequest, memory: StoreMemory): Promise<number[]> {
  const { bars } = await (await openBarFile(of, memory)).load();
  return [...bars].map(({ close }) => close);
}

function inStore<T>(directory: string, work: (store: OrderedStore) => T): T {
  const store = openLmdbStore(directory, { mode: "write" });
  try {
    return work(store);
  } finally {
    store.close();
  }
}

function keptIn(directory: string): number {
  return inStore(directory, (store) => new ImportCache(store).verify().kept);
}

describe("a store that remembers files", () => {
  it("gives what it has kept, by the content of the file and how it is read", async () => {
    const directory = file("kept");
    const { memory } = memoryIn(directory);
    const lines = lines15m();
    const other = file("other.csv", `${lines.slice(0, 501).join("\n")}\n`);
    const whole = await closes(request(IF_15M), memory);
    expect(whole).toHaveLength(3_200);
    expect(await closes(request(other), memory)).toHaveLength(500);
    expect(keptIn(directory)).toBe(2);
    // Put in the place of the file's own, what is kept of the other is what comes out.
    const own = (await fingerprint(request(IF_15M)))!;
    const others = (await fingerprint(request(other)))!;
    inStore(directory, (store) => {
      const cache = new ImportCache(store);
      const found = cache.find(others.bytes, 1);
      expect(found.kind).toBe("found");
      if (found.kind === "found") cache.keep(own.bytes, found.parts, 2);
    });
    expect(await closes(request(IF_15M), memory)).toEqual(whole.slice(0, 500));
    // A copy is the same file; another calendar, zone or policy is another reading.
    const copy = file("copy.csv", `${lines.join("\n")}\n`);
    expect(await closes(request(copy), memory)).toHaveLength(500);
    for (const more of [
      { onFault: "skip" },
      { calendar: calendarByName("CFFEX") },
      { calendar: "bars" },
      { dialect: { label: "open" } },
      { dialect: { zone: UTC } },
      { dialect: { columns: { close: "close" } } },
      { instrument: instrument("IF", { allowsNegativePrice: true }) },
    ] as const) {
      expect(await closes(request(IF_15M, more), memory)).toEqual(whole);
    }
    expect(keptIn(directory)).toBe(9);
  });

  it("knows no file that is gone, that changed, or that is on a calendar of its own", async () => {
    expect(await fingerprint(request(file("gone.csv")))).toBeUndefined();
    expect(await fingerprint(request(file(".")))).toBeUndefined();
    const sessions = [{ day: 0, segments: [{ from: 0, to: 1 }] }];
    const calendar = calendarOfSessions("own", UTC, sessions);
    expect(await fingerprint(request(IF_15M, { calendar }))).toBeUndefined();
    const changing = file("changing.csv", "a");
    const print = (await fingerprint(request(changing)))!;
    expect(print.isStill()).toBe(true);
    writeFileSync(changing, "ab");
    expect(print.isStill()).toBe(false);
  });

  it("reads a file anew where what it kept is damaged, and says so once", async () => {
    const directory = file("damaged");
    const { memory, said } = memoryIn(directory);
    const whole = await closes(request(IF_15M), memory);
    inStore(directory, (store) =>
      store.write((writer) => {
        const { key, value } = [...writer.range(entriesOf(ENTRY.import))][2]!;
        const altered = value.slice();
        altered[100]! ^= 4;
        writer.put(key.slice(), altered);
      }),
    );
    expect(await closes(request(IF_15M), memory)).toEqual(whole);
    expect(said).toEqual([`what the store had kept of ${IF_15M} is damaged: it is read anew`]);
    expect(await closes(request(IF_15M), memory)).toEqual(whole);
    expect(said).toHaveLength(1);
  });

  it("reads a file whose bar size was stated each time", async () => {
    const directory = file("stated");
    const { memory } = memoryIn(directory);
    const one = file("one.csv", `${lines15m().slice(0, 2).join("\n")}\n`);
    for (const size of ["15m", "5m"]) {
      const opened = await openBarFile(request(one, { size: barSize(size) }), memory);
      const { bars } = await opened.load();
      expect(bars.at(0).closeTime - bars.at(0).openTime).toBe(barSize(size).ms);
    }
    expect(keptIn(directory)).toBe(0);
  });
});
