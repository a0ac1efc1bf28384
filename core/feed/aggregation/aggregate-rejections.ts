import type { Bar } from "../../market/bar.ts";
import type { Series } from "../../market/series.ts";
import type { BarGrid } from "../../time/bar-grid.ts";
import { formatInstant, type UnixMs } from "../../time/instant.ts";
import type { RejectionEvent } from "../feed-event.ts";
import type { AggregateOutput } from "./aggregate-output.ts";

/** Says which of the smaller bars are not taken, and why. */
export class AggregateRejections {
  readonly #base: Series;
  readonly #grid: BarGrid;
  readonly #output: AggregateOutput;

  constructor(base: Series, grid: BarGrid, output: AggregateOutput) {
    this.#base = base;
    this.#grid = grid;
    this.#output = output;
  }

  say(bar: Bar, fault: RejectionEvent["fault"], reason: string): void {
    this.#output.event({ type: "rejection", series: this.#base, bar, fault, reason });
  }

  offGrid(bar: Bar): void {
    const { calendar, size } = this.#grid;
    this.say(bar, "off-grid", `it does not lie within a ${size.label} bar of ${calendar.name}`);
  }

  /** Of a bar that has no place where the stream is: all before `settledTo` has passed. */
  outOfPlace(bar: Bar, settledTo: UnixMs): void {
    if (bar.openTime >= settledTo) {
      this.offGrid(bar);
      return;
    }
    const passed = formatInstant(settledTo);
    this.say(bar, "too-old", `the stream had passed ${passed}; put a splice before it`);
  }
}
