import { barSizeOfIb } from "../../../../adapters/ib/port/bar-sizes.ts";
import type { IbBar } from "../../../../adapters/ib/port/ib-event.ts";
import type { HistoryRequest } from "../../../../adapters/ib/port/ib-request.ts";
import { ibDay, parseIbTime } from "../../../../adapters/ib/port/ib-time.ts";
import type { IbFault } from "../../../../adapters/ib/session/ib-link.ts";
import type { Bar } from "../../../../core/market/bar.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import type { BarSize } from "../../../../core/time/bar-size.ts";
import { DAY_MS, SECOND_MS, type UnixMs } from "../../../../core/time/instant.ts";
import { UTC } from "../../../../core/time/zone.ts";
import type { ScriptedQuestion } from "../../../support/scripted-ib-link.ts";

const NO_HEAD: IbFault = {
  code: "history-failed",
  message: "No head time stamp",
  retry: "soon",
  ibCode: 162,
};

/** How a gateway understands what it is asked, and what it holds back. */
export interface GatewayHabits {
  /** Whether a second of a duration is one of trading or one of the clock; default trading. */
  readonly seconds?: "trading" | "clock";
  /** Whether a day of a duration is a session or 24 hours; default trading. */
  readonly days?: "trading" | "clock";
  /** The most rows of an answer; the newest are given. Default: all. */
  readonly mostRows?: number;
  /** Bars that closed less than this before the present are not there yet; default 0. */
  readonly lagMs?: number;
  /** Whether a slot without trades is told as a row without volume; default it is left out. */
  readonly tellsEmptySlots?: boolean;
}

export type HistoryQuestion = Omit<HistoryRequest, "requestId">;

/** Answers questions for history, of its own bar size or larger, out of bars that are the truth. */
export class HistoryGateway {
  readonly #grid: BarGrid;
  readonly #truth: readonly Bar[];
  readonly #habits: GatewayHabits;

  constructor(grid: BarGrid, truth: readonly Bar[], habits: GatewayHabits = {}) {
    this.#grid = grid;
    this.#truth = truth;
    this.#habits = habits;
  }

  /** Answers whatever a source asks. */
  reply(asked: ScriptedQuestion, now: UnixMs): void {
    const { question, requestId } = asked;
    if (question.kind === "history") asked.history(this.answer(question, now));
    const first = this.#truth[0];
    if (question.kind !== "head-timestamp") return;
    if (first === undefined) asked.fail(NO_HEAD);
    else {
      const time = String(first.openTime / SECOND_MS);
      asked.event({ kind: "head-timestamp", requestId, time });
    }
  }

  answer(question: HistoryQuestion, now: UnixMs): IbBar[] {
    const { lagMs = 0, mostRows = Number.POSITIVE_INFINITY, tellsEmptySlots } = this.#habits;
    const end = question.end === "" ? now : instantOf(question.end);
    const start = this.#startOf(question.duration, end);
    const rows: IbBar[] = [];
    const size = barSizeOfIb(question.barSize)!;
    if (size !== this.#grid.size) return this.#larger(size, start, end, now);
    // A test may change the truth between two questions.
    const byOpen = new Map(this.#truth.map((bar) => [bar.openTime, bar]));
    for (const { openTime, closeTime } of this.#grid.slots({ from: start, to: end })) {
      if (closeTime <= now && closeTime > now - lagMs) continue;
      const bar = byOpen.get(openTime);
      if (bar === undefined) {
        if (tellsEmptySlots === true) rows.push(this.row(quiet(openTime, closeTime)));
      } else rows.push(this.row(closeTime > now ? forming(bar) : bar));
    }
    return rows.slice(Math.max(0, rows.length - mostRows));
  }

  #larger(size: BarSize, from: UnixMs, to: UnixMs, now: UnixMs): IbBar[] {
    const grid = new BarGrid(this.#grid.calendar, size, "clock");
    const other = new HistoryGateway(grid, []);
    return [...grid.slots({ from, to })].flatMap(({ openTime, closeTime }) => {
      const parts = this.#truth.filter((bar) => {
        return bar.openTime >= openTime && bar.openTime < closeTime && bar.closeTime <= now;
      });
      return parts.length === 0 ? [] : [other.row({ ...parts[0]!, openTime, closeTime })];
    });
  }

  /** A bar as a row. */
  row(bar: Bar): IbBar {
    const isDaily = this.#grid.size.ms === DAY_MS;
    const day = isDaily ? this.#grid.calendar.segmentAtOrAfter(bar.openTime)!.day : 0;
    const time = isDaily ? ibDay(day) : String(bar.openTime / SECOND_MS);
    const { open, high, low, close, volume } = bar;
    return { time, open, high, low, close, volume, average: close, count: volume > 0 ? 7 : 0 };
  }

  #startOf(duration: string, end: UnixMs): UnixMs {
    const { seconds = "trading", days = "trading" } = this.#habits;
    const [amount, unit] = duration.split(" ");
    const count = Number(amount);
    if (unit === "S") {
      const ms = count * SECOND_MS;
      return seconds === "clock" ? end - ms : this.#tradingTimeBack(end, ms);
    }
    if (unit === "D" && days === "trading") return this.#sessionsBack(end, count);
    const length = { D: 1, W: 7, M: 30, Y: 365 }[unit as "D" | "W" | "M" | "Y"];
    return end - count * length * DAY_MS;
  }

  #tradingTimeBack(end: UnixMs, ms: number): UnixMs {
    let left = ms;
    let at = end;
    for (;;) {
      const segment = this.#grid.calendar.segmentBefore(at);
      if (segment === undefined) return at;
      const length = Math.min(segment.to, at) - segment.from;
      if (length >= left) return Math.min(segment.to, at) - left;
      left -= length;
      at = segment.from;
    }
  }

  #sessionsBack(end: UnixMs, count: number): UnixMs {
    let at = end;
    for (let session = 0; session < count; session += 1) {
      const segment = this.#grid.calendar.segmentBefore(at);
      if (segment === undefined) break;
      at = this.#grid.calendar.sessionOn(segment.day)!.segments[0]!.from;
    }
    return at;
  }
}

function instantOf(text: string): UnixMs {
  const time = parseIbTime(text, () => UTC);
  if (time?.kind !== "instant") throw new Error(`${text} is no instant`);
  return time.at;
}

/** What is shown of a bar in progress: never the same as the whole of it. */
function forming(bar: Bar): Bar {
  return { ...bar, close: bar.open, volume: bar.volume + 1_000_000 };
}

function quiet(openTime: UnixMs, closeTime: UnixMs): Bar {
  return { openTime, closeTime, open: 9, high: 9, low: 9, close: 9, volume: 0 };
}
