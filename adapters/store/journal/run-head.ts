import { ByteReader } from "../../../core/codec/byte-reader.ts";
import { ByteWriter } from "../../../core/codec/byte-writer.ts";
import type { UnixMs } from "../../../core/time/instant.ts";
import type { ProcessIdentity } from "../port/process-identity.ts";
import { seal, unseal } from "../sealed.ts";

/** How far a run is, and who writes it: rewritten with every commit. */
export interface RunHead {
  /** Commits so far; they are numbered from 1. */
  readonly commits: number;
  /** The checksum of the last commit, 0 before the first. */
  readonly checksum: number;
  /** The present of the last input. */
  readonly at: UnixMs;
  /** The id of the last order of all runs of its name so far; 0 before the first. */
  readonly lastOrderId: number;
  /** After which commits there are snapshots, ascending; at most two. */
  readonly snapshots: readonly number[];
  /** The process that has the run; null when nobody has. */
  readonly writer: ProcessIdentity | null;
}

export function encodeRunHead(key: Uint8Array, head: RunHead): Uint8Array {
  const to = new ByteWriter(128);
  to.float64(head.commits).uint32(head.checksum).float64(head.at);
  to.float64(head.lastOrderId);
  to.float64s(Float64Array.from(head.snapshots)).bool(head.writer !== null);
  if (head.writer !== null) {
    const { host, pid, startedAt } = head.writer;
    to.text(host)
      .float64(pid)
      .float64(startedAt ?? Number.NaN);
  }
  return seal(key, to.view);
}

/** Reads what `encodeRunHead` wrote; throws `damaged-bytes`. */
export function decodeRunHead(key: Uint8Array, bytes: Uint8Array): RunHead {
  const from = new ByteReader(unseal(key, bytes));
  const commits = from.float64();
  const checksum = from.uint32();
  const at = from.float64();
  const lastOrderId = from.float64();
  const snapshots = [...from.float64s()];
  const writer = from.bool() ? readWriter(from) : null;
  from.end();
  return { commits, checksum, at, lastOrderId, snapshots, writer };
}

function readWriter(from: ByteReader): ProcessIdentity {
  const host = from.text();
  const pid = from.float64();
  const startedAt = from.float64();
  return { host, pid, startedAt: Number.isNaN(startedAt) ? null : startedAt };
}
