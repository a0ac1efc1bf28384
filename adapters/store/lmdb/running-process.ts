import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { crc32 } from "../../../core/codec/crc32.ts";
import type { ProcessIdentity, ProcessState } from "../port/process-identity.ts";

const TICKS_IN_IDENTITY = 2 ** 32;
const BOOTS_IN_IDENTITY = 2 ** 21;

/** The process that asks. */
export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, startedAt: look(process.pid)?.startedAt ?? null };
}

/**
 * Whether a process that said who it is still runs. One of another machine is `unknown`; one whose
 * pid somebody else has by now, or from before a restart of this machine, is `gone`.
 */
export function isAlive(other: ProcessIdentity): ProcessState {
  if (other.host !== hostname()) return "unknown";
  if (!isRunning(other.pid)) return "gone";
  const seen = look(other.pid);
  if (seen === undefined) return "alive";
  if (!seen.isRunning) return "gone";
  return other.startedAt === null || seen.startedAt === other.startedAt ? "alive" : "gone";
}

/** Whether there is any process on this machine with this pid. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Linux tells the clock ticks from the start of the machine to the start of a process. Which start
 * of the machine that was is a part of the number, as ticks repeat from one to the next.
 */
function look(pid: number): { startedAt: number; isRunning: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id");
    // Behind the name in parentheses, which may hold anything: the state first, the start as 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[19]) % TICKS_IN_IDENTITY;
    const startedAt = (crc32(boot) % BOOTS_IN_IDENTITY) * TICKS_IN_IDENTITY + ticks;
    // One that has ended stays to be seen until its parent has asked how.
    const isRunning = !["Z", "X"].includes(fields[0]!);
    return Number.isSafeInteger(startedAt) ? { startedAt, isRunning } : undefined;
  } catch {
    return undefined;
  }
}
