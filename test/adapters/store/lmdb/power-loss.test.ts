// Goal: when the power fails at any moment of a session, the disk holds exactly what was
// acknowledged and at most the one transaction in flight, whatever of the writes that were not yet
// synced it had put down, sector by sector.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openLmdbStore } from "../../../../adapters/store/lmdb/open-lmdb-store.ts";
import { Random } from "../../../../sim/random.ts";
import { digestOf, digestsOf, drawSession } from "./session.ts";
import { StoreLab, whyNoFaults } from "./store-child.ts";

const lab = new StoreLab();
const noFaults = whyNoFaults();
/** What a disk puts down whole or not at all. */
const SECTOR_BYTES = 512;

/** A call that was made of the disk; a sync has no bytes. */
interface Call {
  readonly offset: number;
  readonly bytes: Buffer | undefined;
  /** The bytes are on the disk when the call returns. */
  readonly isDurable: boolean;
}

function readRecord(path: string): readonly Call[] {
  const record = readFileSync(path);
  const calls: Call[] = [];
  for (let at = 0; at < record.length; ) {
    const end = record.indexOf("\n", at);
    const [kind, offset, length, durable] = record.toString("utf8", at, end).split(" ");
    const size = kind === "WRITE" ? Number(length) : 0;
    const bytes = kind === "WRITE" ? record.subarray(end + 1, end + 1 + size) : undefined;
    calls.push({ offset: Number(offset), bytes, isDurable: durable === "1" });
    at = end + 1 + size;
  }
  return calls;
}

/** Some bytes of a file, as long as it needs to be. */
function written(file: Buffer, offset: number, bytes: Buffer): Buffer {
  const end = offset + bytes.length;
  const result = end > file.length ? Buffer.concat([file, Buffer.alloc(end - file.length)]) : file;
  bytes.copy(result, offset);
  return result;
}

/** Those sectors of a write that the disk had put down: `keeps` says it of each. */
function partly(file: Buffer, { offset, bytes }: Call, keeps: () => boolean): Buffer {
  let result = file;
  const end = offset + bytes!.length;
  for (let at = offset; at < end; ) {
    const next = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    if (keeps()) result = written(result, at, bytes!.subarray(at - offset, next - offset));
    at = next;
  }
  return result;
}

describe("a disk without power", () => {
  beforeEach(({ skip }) => skip(noFaults !== undefined, noFaults));

  it("holds what was acknowledged, and of the rest all or nothing", async () => {
    const session = drawSession(5, 30);
    const digests = digestsOf(session);
    const directory = lab.name("store");
    openLmdbStore(directory, { mode: "write" }).close();
    let synced: Buffer = readFileSync(join(directory, "data.mdb"));
    const record = lab.name("record");
    const task = { kind: "write", directory, transactions: session } as const;
    await lab.run(task, { fault: { kind: "record", call: 1 }, record });
    const calls = readRecord(record);
    expect(calls.length).toBeGreaterThan(3 * session.length);

    const failed = lab.name("failed");
    mkdirSync(failed);
    copyFileSync(join(directory, "lock.mdb"), join(failed, "lock.mdb"));
    const random = new Random(6, "sectors");
    /** How many transactions there are after the power failed and came back. */
    const found = (file: Buffer): number => {
      writeFileSync(join(failed, "data.mdb"), file);
      const store = openLmdbStore(failed, { mode: "read" });
      const number = digests.indexOf(digestOf(store));
      store.close();
      return number;
    };

    let acknowledged = 0;
    let pending: Call[] = [];
    const seen = { before: 0, after: 0 };
    for (const call of calls) {
      if (call.bytes !== undefined) {
        // The longer a write has been pending, the more of it may be there.
        for (const share of [0, 0.5, 0.9, 1]) {
          let file: Buffer = Buffer.from(synced);
          for (const one of [...pending, call])
            file = partly(file, one, () => random.chance(share));
          const number = found(file);
          expect(number === acknowledged || (call.isDurable && number === acknowledged + 1)).toBe(
            true,
          );
          seen[number === acknowledged ? "before" : "after"] += 1;
        }
      }
      if (call.bytes === undefined) {
        for (const one of pending) synced = written(synced, one.offset, one.bytes!);
        pending = [];
      } else if (call.isDurable) {
        synced = written(synced, call.offset, call.bytes);
        acknowledged += 1;
      } else pending.push(call);
    }
    expect(acknowledged).toBe(session.length);
    expect(found(synced)).toBe(session.length);
    expect(seen.before).toBeGreaterThan(4 * session.length);
    expect(seen.after).toBeGreaterThan(session.length);
  });
});
