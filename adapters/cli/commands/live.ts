import { type Command, Option } from "commander";
import { fail } from "../../../core/time/failure.ts";
import { MINUTE_MS, parseInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import {
  IB_ATTRIBUTES,
  refuseGiven,
  withGatewayOptions,
  withIbRunOptions,
} from "../ib/ib-options.ts";
import { withLiveIbOptions } from "../ib/live-ib-options.ts";
import { withKeepOptions } from "../journal/keep-options.ts";
import type { LiveSimFlags } from "../run/live-sim.ts";
import { examples, instantOption, wholeNumberOption } from "../terminal/option-values.ts";
import { withRunOptions } from "../terminal/options.ts";

const SIM_GROUP = "On a simulated gateway in virtual time:";

/** What only a run from a file of bars has, by attribute. */
const SIM_ATTRIBUTES = [
  ...["start", "historyBars", "outage", "seed"],
  ...["calendar", "zone", "label", "timeForm", "column", "volume", "onFault", "tick"],
];

interface FormFlags {
  readonly sim?: string;
  readonly ib?: unknown;
  readonly config?: string;
  readonly start?: UnixMs;
}

/** `barline live STRATEGY`, from a file of bars or from Interactive Brokers. */
export function addLive(program: Command): void {
  const command = program
    .command("live")
    .description(
      "run a strategy live: from a file of bars that a simulated gateway tells as a market, or " +
        "from Interactive Brokers, where it is a dry run: no order is sent",
    )
    .argument("<strategy>", "TypeScript or JavaScript file whose default export is a strategy");
  withSimOptions(command);
  withGatewayOptions(command);
  withIbRunOptions(command);
  withLiveIbOptions(command);
  withKeepOptions(command);
  withRunOptions(command).addHelpText(
    "after",
    examples(
      "barline live examples/sma-cross.ts --sim examples/data/cffex-if-15m.csv " +
        "--start 2024-03-05T02:07:30Z",
      "barline live my.ts --sim bars.csv --start 2024-03-05T10:07:30+08:00 --no-backfill " +
        "--trace live.ndjson",
      "barline live my.ts --ib 127.0.0.1:7497 --symbol SPY --size 15m",
      "barline live my.ts --config examples/ib.json --log-file live.log --store barline-data",
    ),
  );
  command.action((strategyFile: string) => live(strategyFile, command));
}

function withSimOptions(command: Command): void {
  const options = [
    new Option("--sim <file>", "CSV file of bars: the truth of the simulated market"),
    new Option("--start <instant>", "any moment, ISO 8601 with an offset").argParser(instantOption),
    new Option("--no-backfill", "warm up on live bars alone (on Interactive Brokers as well)"),
    new Option(
      "--history-bars <count>",
      "the gateway's history has only this many bars before the start (default: all)",
    ).argParser(wholeNumberOption(0)),
    new Option(
      "--outage <instant/minutes>",
      "the gateway is down from then on for so many minutes; may be repeated",
    )
      .argParser(outageOption)
      .default([], "none"),
    new Option("--seed <number>", "draws the path of prices inside the bars")
      .argParser(wholeNumberOption(0))
      .default(1),
  ];
  for (const option of options) command.addOption(option.helpGroup(SIM_GROUP));
}

async function live(strategyFile: string, command: Command): Promise<void> {
  const flags = command.opts<FormFlags>();
  if (flags.sim !== undefined) {
    const strange = ["ib", ...IB_ATTRIBUTES].filter((attribute) => attribute !== "exchange");
    refuseGiven(command, strange, "--sim runs on a file; leave one of them out");
    if (flags.start === undefined) {
      fail("invalid-option", "it is required with --sim", {
        where: "--start",
        cure: 'give an instant with its offset, such as "2024-03-05T02:07:30Z"',
      });
    }
    // What keeps runs takes its time to load, and nothing else needs it.
    const { liveFromFile } = await import("../run/live-sim.ts");
    const given = command.opts<LiveSimFlags>();
    // A rehearsal is kept where the command says so, and not where real runs are kept by habit.
    const isKept = command.getOptionValueSource("store") === "cli";
    const { store: _store, ...unkept } = given;
    return liveFromFile(strategyFile, isKept ? given : unkept);
  }
  if (flags.ib === undefined && flags.config === undefined) {
    fail("invalid-option", "there is no market to run on", {
      where: "live",
      cure: "give a file with --sim FILE --start INSTANT, or a gateway with --ib HOST:PORT",
    });
  }
  refuseGiven(command, SIM_ATTRIBUTES, "it is for --sim; leave it out");
  // What talks to a gateway takes its time to load, and nothing else needs it.
  const { liveOnIb } = await import("../ib/live-ib.ts");
  return liveOnIb(strategyFile, command);
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
