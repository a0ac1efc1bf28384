import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import { isDecision, isInput, type JournalRecord } from "../../../core/journal/journal-record.ts";
import {
  readOrder,
  readRecords,
  writeOrder,
  writeRecord,
} from "../../../core/journal/record-codec.ts";
import { SERIES } from "../feed/seam/seam-fixture.ts";
import { shown } from "../feed/words/some-words.ts";
import { orders, records } from "./some-records.ts";

function written(some: readonly JournalRecord[]): Uint8Array {
  const to = new ByteWriter();
  for (const record of some) writeRecord(to, record, SERIES);
  return to.bytes;
}

// Goal: a journal gives back what was written into it, bit for bit, or says that it is damaged.
describe("records of a journal", () => {
  it("are read as they were written, of every kind, one after another", () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(records), (some) => {
        for (const { kind } of some) kinds.add(kind);
        expect(shown(readRecords(written(some), SERIES))).toStrictEqual(shown(some));
      }),
      { numRuns: 500 },
    );
    expect(kinds.size).toBe(14);
  });

  it("that are cut short are damaged", () => {
    fc.assert(
      fc.property(records, fc.nat(), (record, cut) => {
        const bytes = written([record]);
        const left = bytes.subarray(0, 1 + (cut % (bytes.length - 1)));
        expect(() => readRecords(left, SERIES)).toThrow(
          expect.objectContaining({ code: "damaged-bytes" }),
        );
      }),
    );
  });

  it("that are of no kind are damaged", () => {
    expect(() => readRecords(Uint8Array.of(12), SERIES)).toThrow(
      expect.objectContaining({ code: "damaged-bytes" }),
    );
  });

  it("are an input, a decision, or of the border and the mark", () => {
    fc.assert(
      fc.property(records, (record) => {
        const is = [isInput(record), isDecision(record)];
        const { kind } = record;
        const isOther = ["mark", "opened", "heard", "due"].includes(kind);
        expect(is.filter(Boolean)).toHaveLength(isOther ? 0 : 1);
        if (["state", "signal", "order", "fill"].includes(kind)) expect(is).toEqual([false, true]);
      }),
    );
  });
});

describe("orders", () => {
  it("are read as they were written, of the instrument of the run", () => {
    fc.assert(
      fc.property(orders, (order) => {
        const to = new ByteWriter();
        writeOrder(to, order);
        const from = new ByteReader(to.bytes);
        expect(readOrder(from, SERIES)).toEqual(order);
        from.end();
      }),
    );
  });
});
