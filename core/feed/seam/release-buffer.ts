import type { Bar } from "../../market/bar.ts";
import { BarColumns } from "../../market/bar-columns.ts";
import type { Series } from "../../market/series.ts";
import type { BarBatch, BarOrigin } from "../bar-source.ts";
import { ContinuityHash } from "../continuity.ts";
import type { ContinuityCertificate } from "../feed-event.ts";

/** Gathers bars on their way out into batches of one origin, and hashes them up to the hand-off. */
export class ReleaseBuffer {
  readonly #series: Series;
  readonly #emit: (batch: BarBatch) => void;
  #bars = new BarColumns();
  #origin: BarOrigin = "backfill";
  #continuity: ContinuityHash | undefined = new ContinuityHash();
  #released = false;

  constructor(series: Series, emit: (batch: BarBatch) => void) {
    this.#series = series;
    this.#emit = emit;
  }

  /** Whether any bar was ever added. */
  get anyReleased(): boolean {
    return this.#released;
  }

  add(bar: Bar, origin: BarOrigin): void {
    if (origin !== this.#origin) this.flush();
    this.#origin = origin;
    this.#bars.push(bar);
    this.#continuity?.add(bar);
    this.#released = true;
  }

  flush(): void {
    if (this.#bars.length === 0) return;
    const bars = this.#bars;
    this.#bars = new BarColumns();
    const origin = this.#origin;
    this.#emit({ series: this.#series, bars, finality: "final", origin, version: 1 });
  }

  /** The certificate of all bars so far, once; undefined when there were none or it was taken. */
  takeCertificate(): ContinuityCertificate | undefined {
    const certificate = this.#continuity?.certificate(this.#series);
    this.#continuity = undefined;
    return certificate;
  }
}
