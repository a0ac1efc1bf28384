import { naturalWarmUpEnd } from "../../../core/feed/backfill-plan.ts";
import type { BarColumns } from "../../../core/market/bar-columns.ts";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import { VirtualTime } from "../../../core/time/virtual-time.ts";
import type { GatewayOptions } from "../../../sim/gateway-options.ts";
import { countText } from "../../kept/count-text.ts";
import type { Keeping } from "../../kept/keeping.ts";
import type { BarFile } from "../bars/bar-file.ts";
import type { Ending } from "../ib/live-ib-options.ts";
import { type KeepFlags, keepingOptions } from "../journal/keep-options.ts";
import { keepingIn } from "../journal/keeping-in.ts";
import type { RunFlags } from "../terminal/options.ts";
import { barsOfFile, carryOut, type Running, type RunSetup, setUpRun } from "./run-setup.ts";
import { playOut, simulate } from "./simulate.ts";

/** What a live run from a file of bars is told. */
export interface LiveSimFlags extends RunFlags, KeepFlags {
  readonly sim: string;
  readonly start: UnixMs;
  readonly until?: Ending;
  readonly backfill: boolean;
  readonly historyBars?: number;
  readonly outage: readonly TimeRange[];
  readonly seed: number;
}

/** `barline live STRATEGY --sim FILE --start INSTANT`: in virtual time. */
export async function liveFromFile(strategyFile: string, flags: LiveSimFlags): Promise<void> {
  const setup = await setUpRun(strategyFile, barsOfFile(flags.sim, flags), flags);
  const { strategy, file, options, talk } = setup;
  const { start, backfill } = flags;
  const { bars, leftOut } = await file.load();
  requireWithin(flags, bars);
  if (leftOut > 0) talk.say(`  ${countText(leftOut)} faulty rows left out`);
  const time = new VirtualTime(start);
  const keeping = keepingOf(strategyFile, setup, flags);
  let begun: Running | undefined;
  await carryOut(setup, {
    time,
    tellsSignals: true,
    endedHow: "as asked",
    begin: (observed) => {
      begun = simulate({
        strategy,
        broker: setup.broker,
        file,
        bars,
        time,
        backfill,
        gateway: gatewayOf(flags, bars),
        options: { ...options, ...observed },
        tell: (line) => talk.say(line),
        ...(keeping === undefined ? {} : { keeping }),
      });
      endAt(begun, time, flags);
      return begun;
    },
    ended: () => playOut(() => begun!.run, time),
    close: () => keeping?.close(),
    remark: () => {
      const { readyAt, warmUpBars } = begun!.run.summary();
      const isFirst = readyAt === undefined || readyAt >= start;
      return backfill && isFirst ? naturalText(file, start, warmUpBars) : undefined;
    },
  });
}

function keepingOf(
  strategyFile: string,
  { strategy, options }: RunSetup,
  flags: LiveSimFlags,
): Keeping | undefined {
  const kept = keepingOptions(flags, strategyFile, strategy, options.parameters ?? {}, flags);
  return kept === undefined ? undefined : keepingIn(kept.folder, kept);
}

/** Ends a run at the instant that it was given. */
function endAt(running: Running, time: VirtualTime, { start, until }: LiveSimFlags): void {
  if (until === undefined) return;
  const at = until.kind === "at" ? until.at : start + until.ms;
  if (at <= start) {
    fail("invalid-option", `${formatInstant(at)} is not after --start ${formatInstant(start)}`, {
      where: "--until",
      cure: "give a later instant, or a duration",
    });
  }
  time.schedule(at, () => running.stop("the end that it was given has come"));
}

function requireWithin({ sim, start }: LiveSimFlags, bars: BarColumns): void {
  if (bars.length === 0)
    fail("no-bars", "it has no bars", { where: sim, cure: "give one that has" });
  const first = bars.openTime[0]!;
  const last = bars.closeTime[bars.length - 1]!;
  if (first <= start && start < last) return;
  fail("invalid-option", `${formatInstant(start)} lies outside the market's time`, {
    where: "--start",
    cure: `${sim} has bars from ${formatInstant(first)} to ${formatInstant(last)}; start within`,
  });
}

/** The gateway that the options describe. */
function gatewayOf(flags: LiveSimFlags, bars: BarColumns): GatewayOptions {
  const outages = [...flags.outage].sort((a, b) => a.from - b.from);
  const options: GatewayOptions = { seed: flags.seed, outages };
  if (flags.historyBars === undefined) return options;
  let closed = 0;
  while (closed < bars.length && bars.closeTime[closed]! <= flags.start) closed += 1;
  const first = closed - flags.historyBars;
  return first < 0 ? options : { ...options, historyFrom: bars.openTime[first] ?? flags.start };
}

/** How long warming up on live bars alone takes from an instant on. */
function naturalText(file: BarFile, start: UnixMs, warmUpBars: number): string {
  const end = naturalWarmUpEnd(file.grid(file.series), start, warmUpBars);
  const until = end === undefined ? "past the end of the calendar" : formatInstant(end);
  return `without backfill the ${warmUpBars} bars to warm up would have taken until ${until}`;
}
