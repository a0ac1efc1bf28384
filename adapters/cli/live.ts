import { type Command, Option } from "commander";
import { naturalWarmUpEnd } from "../../core/feed/backfill-plan.ts";
import type { BarColumns } from "../../core/market/bar-columns.ts";
import { fail } from "../../core/time/failure.ts";
import { formatInstant, MINUTE_MS, parseInstant, type UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import { VirtualTime } from "../../core/time/virtual-time.ts";
import type { GatewayOptions } from "../../sim/gateway-options.ts";
import type { BarFile } from "./bar-file.ts";
import { examples, instantOption, wholeNumberOption } from "./option-values.ts";
import { type RunFlags, withRunOptions } from "./options.ts";
import { carryOut, setUpRun } from "./run-setup.ts";
import { playOut, simulate } from "./simulate.ts";
import { countText } from "./talk.ts";

interface LiveFlags extends RunFlags {
  readonly sim: string;
  readonly start: UnixMs;
  readonly backfill: boolean;
  readonly historyBars?: number;
  readonly outage: readonly TimeRange[];
  readonly seed: number;
}

/** `barline live STRATEGY --sim FILE --start INSTANT`. */
export function addLive(program: Command): void {
  const command = program
    .command("live")
    .description(
      "run a strategy live, from a simulated gateway that tells a file of bars as a market",
    )
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy")
    .requiredOption("--sim <file>", "CSV file of bars: the truth of the simulated market")
    .requiredOption("--start <instant>", "any moment, ISO 8601 with an offset", instantOption)
    .option("--no-backfill", "warm up on live bars alone")
    .option(
      "--history-bars <count>",
      "the gateway's history has only this many bars before the start (default: all)",
      wholeNumberOption(0),
    )
    .addOption(
      new Option(
        "--outage <instant/minutes>",
        "the gateway is down from then on for so many minutes; may be repeated",
      )
        .argParser(outageOption)
        .default([], "none"),
    )
    .option("--seed <number>", "draws the path of prices inside the bars", wholeNumberOption(0), 1);
  withRunOptions(command).addHelpText(
    "after",
    examples(
      "barline live examples/sma-cross.ts --sim examples/data/cffex-if-15m.csv " +
        "--start 2024-03-05T02:07:30Z",
      "barline live my.ts --sim bars.csv --start 2024-03-05T10:07:30+08:00 --no-backfill " +
        "--trace live.ndjson",
    ),
  );
  command.action(live);
}

/** Nearly two years. */
const LONGEST_OUTAGE_MINUTES = 1_000_000;

/** Reads `2024-03-01T02:07:00Z/90`. */
function outageOption(text: string, before: readonly TimeRange[]): readonly TimeRange[] {
  const slash = text.lastIndexOf("/");
  const from = parseInstant(text.slice(0, slash));
  const minutes = slash < 0 ? Number.NaN : Number(text.slice(slash + 1));
  if (from === undefined || !(minutes > 0 && minutes <= LONGEST_OUTAGE_MINUTES)) {
    fail("invalid-option", `"${text}" is not an outage`, {
      where: "--outage",
      cure: 'write an instant and up to 1000000 minutes, such as "2024-03-01T02:07:00Z/90"',
    });
  }
  return [...before, { from, to: from + Math.ceil(minutes * MINUTE_MS) }];
}

async function live(strategyFile: string, flags: LiveFlags): Promise<void> {
  const setup = await setUpRun(strategyFile, flags.sim, flags);
  const { strategy, file, broker, options, talk } = setup;
  const { start, backfill } = flags;
  const { bars, leftOut } = await file.load();
  requireWithin(flags, bars);
  if (leftOut > 0) talk.say(`  ${countText(leftOut)} faulty rows left out`);
  const time = new VirtualTime(start);
  await carryOut(setup, {
    time,
    tellsSignals: true,
    begin: (observed) =>
      simulate({
        strategy,
        broker,
        file,
        bars,
        time,
        backfill,
        gateway: gatewayOf(flags, bars),
        options: { ...options, ...observed },
      }),
    ended: (run) => playOut(run, time),
    remark: (run) => (backfill ? naturalText(file, start, run.summary().warmUpBars) : undefined),
  });
}

function requireWithin({ sim, start }: LiveFlags, bars: BarColumns): void {
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
function gatewayOf(flags: LiveFlags, bars: BarColumns): GatewayOptions {
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
