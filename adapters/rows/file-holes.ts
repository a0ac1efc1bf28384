import type { BarGrid } from "../../core/time/bar-grid.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { AbsentRanges } from "./absent-ranges.ts";
import { LeftOutRows, type RowUnit } from "./left-out-rows.ts";
import type { RowFaultKind } from "./row-fault.ts";

/** Wanted bars that rows left out may have been, between the first and the last bar of a file. */
export interface Hole {
  readonly range: TimeRange;
  /** Which rows, in one line. */
  readonly reason: string;
}

/** Rows that came after later ones, all of them in one stretch without bars. */
interface LateRows {
  readonly absent: TimeRange;
  readonly rows: LeftOutRows;
  from: UnixMs;
  to: UnixMs;
}

/**
 * Finds out what the rows that were left out leave missing. Such a row could have been any bar
 * between its sound neighbors, whatever its time says; but one whose time lies before the last bar
 * is late, and could only have been a bar of that time. A row for a bar that was taken leaves
 * nothing missing, nor does one between whose neighbors there is no room for a bar.
 */
export class FileHoles {
  readonly #from: UnixMs;
  readonly #to: UnixMs;
  readonly #grid: BarGrid | undefined;
  readonly #unit: RowUnit;
  readonly #absent = new AbsentRanges();
  #isAny = false;
  /** Rows left out since the last sound one. */
  #pending: LeftOutRows | undefined;
  #late: LateRows | undefined;
  #lateHoles: Hole[] = [];
  #firstOpen: UnixMs = Number.NaN;
  #lastOpen: UnixMs = Number.NEGATIVE_INFINITY;
  /** Up to here bars were taken or declared lost. */
  #settledTo: UnixMs = Number.NEGATIVE_INFINITY;

  /** Of interest are bars that open in `[from, to)`. */
  constructor(from: UnixMs, to: UnixMs, grid: BarGrid | undefined, unit: RowUnit) {
    this.#from = from;
    this.#to = to;
    this.#grid = grid;
    this.#unit = unit;
  }

  /** Whether wanted bars may be missing, those before the first and after the last included. */
  get areAny(): boolean {
    if (this.#isAny) return true;
    return this.#pending !== undefined && Math.max(this.#settledTo, this.#from) < this.#to;
  }

  /** Whether the next sound row closes a hole, or shows that there is none. */
  get isOpen(): boolean {
    return this.#pending !== undefined || this.#late !== undefined;
  }

  /** A sound row; what it closes must have been taken before. */
  bar(openTime: UnixMs, closeTime: UnixMs): void {
    if (Number.isNaN(this.#firstOpen)) this.#firstOpen = openTime;
    else if (openTime > this.#settledTo) this.#absent.add(this.#settledTo, openTime);
    this.#lastOpen = openTime;
    this.#settledTo = closeTime;
  }

  /** A row that is left out; its times are NaN where they could not be read. */
  leaveOut(openTime: UnixMs, closeTime: UnixMs, kind: RowFaultKind, number: number): void {
    if (openTime <= this.#lastOpen) {
      this.#leaveOutLate(openTime, closeTime, kind, number);
    } else {
      this.#pending ??= new LeftOutRows(this.#unit);
      this.#pending.add(kind, number);
    }
  }

  /** The holes of rows that came after later ones, since the last call. */
  takeLate(): readonly Hole[] {
    this.#closeLate();
    const holes = this.#lateHoles;
    this.#lateHoles = [];
    return holes;
  }

  /** The hole between the last sound row and the next one, which opens at `nextOpen`. */
  takeBefore(nextOpen: UnixMs): Hole | undefined {
    const rows = this.#pending;
    this.#pending = undefined;
    if (rows === undefined) return undefined;
    const range = this.#room(this.#settledTo, nextOpen);
    if (range === undefined) return undefined;
    this.#isAny = true;
    // Nobody expects a file to have the bars before its first.
    if (Number.isNaN(this.#firstOpen)) return undefined;
    this.#settledTo = nextOpen;
    return { range, reason: rows.describe() };
  }

  #leaveOutLate(openTime: UnixMs, closeTime: UnixMs, kind: RowFaultKind, number: number): void {
    if (openTime < this.#from || openTime >= this.#to) return;
    if (openTime < this.#firstOpen) {
      this.#isAny = true;
      return;
    }
    const absent = this.#absent.around(openTime, closeTime);
    if (absent === undefined) return;
    this.#isAny = true;
    const to = Math.min(closeTime, absent.to);
    if (this.#late?.absent.from !== absent.from) {
      this.#closeLate();
      this.#late = { absent, rows: new LeftOutRows(this.#unit), from: openTime, to };
    }
    const late = this.#late!;
    late.rows.add(kind, number);
    late.from = Math.min(late.from, openTime);
    late.to = Math.max(late.to, to);
  }

  #closeLate(): void {
    if (this.#late === undefined) return;
    const { from, to, rows } = this.#late;
    this.#lateHoles.push({ range: { from, to }, reason: rows.describe() });
    this.#late = undefined;
  }

  /** The wanted part of a stretch between two bars, in whole slots where there is a grid. */
  #room(after: UnixMs, before: UnixMs): TimeRange | undefined {
    const from = Math.max(after, this.#from);
    const to = Math.min(before, this.#to);
    if (to <= from) return undefined;
    const grid = this.#grid;
    if (grid === undefined) return { from, to };
    const last = grid.slotAt(to - 1) ?? grid.slotClosedBy(to);
    if (last === undefined || last.openTime < from) return undefined;
    const first = from === Number.NEGATIVE_INFINITY ? last : grid.slotAtOrAfter(from)!;
    return { from: first.openTime, to: last.closeTime };
  }
}
