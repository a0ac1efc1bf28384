import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { Bench } from "tinybench";
import { CONTENDERS, inputsPerPass, type Library, type Pass } from "./contenders.ts";

/**
 * Measures one indicator of one library in this process and sends the figure to the parent: with
 * `time`, nanoseconds an update; with `bytes` (and --expose-gc), bytes allocated an update.
 */

/** Passes before anything counts: the compiler has settled by then. */
const WARM_UP_PASSES = 12;
/** Until the notice of a collection has come. */
const SETTLE_MS = 5;

function warmUp(pass: Pass): void {
  for (let count = 0; count < WARM_UP_PASSES; count += 1) pass();
}

/** The median pass, so that neither a pause of the machine nor a lucky one counts. */
async function measureTime(pass: Pass, timeMs: number): Promise<number> {
  const bench = new Bench({ time: timeMs, warmup: false, iterations: 5 });
  bench.add("pass", () => {
    pass();
  });
  warmUp(pass);
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (!("latency" in result)) throw new Error(`no result: ${result.state}`);
  return (result.latency.p50 * 1e6) / inputsPerPass();
}

/**
 * How much the heap grew over a pass: the median of the passes that no collection fell into. What
 * measuring allocates is some hundred bytes a pass, hundredths of a byte an update; the result is
 * rounded to a tenth.
 */
async function measureBytes(pass: Pass): Promise<number> {
  const collections: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) collections.push(entry.startTime);
  });
  observer.observe({ entryTypes: ["gc"] });
  warmUp(pass);
  const growths: number[] = [];
  for (let attempt = 0; attempt < 40 && growths.length < 9; attempt += 1) {
    globalThis.gc!();
    await setTimeout(SETTLE_MS);
    const begin = performance.now();
    const before = process.memoryUsage().heapUsed;
    pass();
    const after = process.memoryUsage().heapUsed;
    const end = performance.now();
    await setTimeout(SETTLE_MS);
    if (!collections.some((at) => at >= begin && at <= end)) growths.push(after - before);
  }
  observer.disconnect();
  if (growths.length === 0) throw new Error("a collection fell into every pass");
  growths.sort((a, b) => a - b);
  const median = growths[Math.floor(growths.length / 2)]!;
  return Math.round((10 * median) / inputsPerPass()) / 10;
}

const [indicator, library, what, timeMs] = process.argv.slice(2);
const create = CONTENDERS[indicator!]![library as Library]!;
const figure =
  what === "bytes" ? await measureBytes(create()) : await measureTime(create(), Number(timeMs));
process.send!(figure);
