import { type Command, Option } from "commander";
import { formatInstant } from "../../../core/time/instant.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import type { Replayed, ReplayFlags } from "../journal/replay-run.ts";
import { examples, gathered, instantOption, wholeNumberOption } from "../terminal/option-values.ts";
import { tableText } from "../terminal/talk.ts";

interface Flags extends ReplayFlags {
  readonly json?: boolean;
}

/** Differences that are told one by one; of more only the number. */
const DIFFERENCES_TOLD = 20;

/** `barline replay FOLDER`. */
export function addReplay(program: Command): void {
  program
    .command("replay")
    .description(
      "play a run that was kept in a store again, and prove that it decides what it decided; " +
        "exit code 1 if it does not",
    )
    .argument("<folder>", "the store that the run was kept in")
    .option("--run <name>", "the run, where there are several names; of one name the newest")
    .option("--number <number>", "a run by its number", wholeNumberOption(1))
    .option("--until <instant>", "leave out what was heard after it", instantOption)
    .option(
      "--trace <file>",
      "write the trace of the run, also one that was interrupted; - for stdout",
    )
    .option("--against <strategy>", "let another strategy decide on what the run saw, and compare")
    .addOption(
      new Option("--param <name=value>", "set a parameter of that strategy; may be repeated")
        .argParser(gathered)
        .default([], "its defaults"),
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      examples(
        "barline replay barline-data",
        "barline replay barline-data --trace whole.ndjson",
        "barline replay barline-data --against better.ts --param fast=20",
      ),
    )
    .action(async (folder: string, flags: Flags) => {
      // The database takes its time to load, and few commands need it.
      const { isAsRecorded, replayRun, requireSame } = await import("../journal/replay-run.ts");
      const replayed = await replayRun(folder, flags);
      const isSame = isAsRecorded(replayed.played);
      const json = { ...jsonOf(replayed), equal: isSame };
      const text = flags.json === true ? JSON.stringify(json) : textOf(replayed);
      const output = flags.trace === "-" ? process.stderr : process.stdout;
      if (flags.json === true || replayed.played.divergence === undefined)
        output.write(`${text}\n`);
      if (flags.json === true && replayed.played.divergence !== undefined) process.exitCode = 1;
      else requireSame(replayed);
    });
}

function textOf({ stored, played, against }: Replayed): string {
  const { about, number } = stored;
  const { bars, signals, orders, fills, position, equity } = played.run.summary();
  const { currency } = about.series.instrument;
  const lines = [
    tableText([
      ["run", `"${about.name}", number ${number}, begun ${formatInstant(about.beganAt)}`],
      ["strategy", `${about.strategy} on ${about.series.key}, as it was then`],
      ["played", `${countedText(bars, "bar")} in ${countedText(played.commits, "commit")}`],
      ["up to", formatInstant(played.at)],
      ["decided", `${countText(signals)} signals, ${countText(orders)} orders, ${fills} fills`],
      ["position", countText(position)],
      ["equity", `${Math.round(equity * 100) / 100} ${currency}`],
      ["digest", `${played.replayed}, as recorded`],
      ["seam", seamText(played.seam)],
    ]),
    "equal: every bar, value and decision is as it was",
  ];
  if (against !== undefined) lines.push("", againstText(against, played.run.summary()));
  return lines.join("\n");
}

function seamText({ heard, said, lives }: Replayed["played"]["seam"]): string {
  const what = `${countedText(said, "word")} follow from ${countedText(heard, "word")} heard`;
  return heard === 0 ? "not recorded" : `${what}, in ${countedText(lives, "life", "lives")}`;
}

type Summary = ReturnType<Replayed["played"]["run"]["summary"]>;

function againstText(against: NonNullable<Replayed["against"]>, then: Summary): string {
  const now = against.run.summary();
  const { name } = against.strategy;
  const round = (amount: number): string => String(Math.round(amount * 100) / 100);
  const readyText = (at: number | undefined): string =>
    at === undefined ? "never" : formatInstant(at);
  const table = tableText([
    ["", "recorded", name],
    ["READY", readyText(then.readyAt), readyText(now.readyAt)],
    ["signals", countText(then.signals), countText(now.signals)],
    ["orders", countText(then.orders), countText(now.orders)],
    ["position", countText(then.position), countText(now.position)],
    ["fees", then.fees.toFixed(), now.fees.toFixed()],
    ["equity", round(then.equity), round(now.equity)],
  ]);
  const { differences } = against;
  const lines = differences.slice(0, DIFFERENCES_TOLD).map(({ closeTime, first, second }) => {
    const words = (of: readonly string[]): string => (of.length === 0 ? "nothing" : of.join(", "));
    return `${formatInstant(closeTime)}  recorded: ${words(first)}; ${name}: ${words(second)}`;
  });
  const more = differences.length - lines.length;
  if (more > 0) lines.push(`and ${countText(more)} more`);
  const heading = `they differ on ${countedText(differences.length, "bar")}`;
  return [table, differences.length === 0 ? "they decide alike" : heading, ...lines].join("\n");
}

function jsonOf({ stored, played, against }: Replayed): Readonly<Record<string, unknown>> {
  const { about, number } = stored;
  const figures = (of: Summary): Readonly<Record<string, unknown>> => ({
    bars: of.bars,
    readyAt: of.readyAt === undefined ? null : formatInstant(of.readyAt),
    signals: of.signals,
    orders: of.orders,
    fills: of.fills,
    position: of.position,
    cash: of.cash.toFixed(),
    fees: of.fees.toFixed(),
    equity: of.equity,
  });
  return {
    run: about.name,
    number,
    strategy: about.strategy,
    series: about.series.key,
    beganAt: formatInstant(about.beganAt),
    until: formatInstant(played.at),
    commits: played.commits,
    digest: { recorded: played.recorded, replayed: played.replayed },
    divergence: played.divergence ?? null,
    seam: { ...played.seam, divergence: played.seam.divergence ?? null },
    ...figures(played.run.summary()),
    ...(against === undefined
      ? {}
      : {
          against: {
            strategy: against.strategy.name,
            ...figures(against.run.summary()),
            differences: against.differences.map(({ closeTime, first, second }) => ({
              closeTime: formatInstant(closeTime),
              recorded: first,
              replayed: second,
            })),
          },
        }),
  };
}
