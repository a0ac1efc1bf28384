import { existsSync, readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, HOUR_MS, MINUTE_MS, type UnixMs } from "../../../core/time/instant.ts";
import type { Zone } from "../../../core/time/zone.ts";
import type { IbGatewayOptions } from "../../../sim/ib/index.ts";
import { systemZone } from "../../system/zone.ts";
import { withBarFileOptions } from "../bars/bar-file-options.ts";
import type { DailyRestart, GatewayFlags } from "../gateway/gateway-flags.ts";
import { type GatewayMarket, openGatewayMarkets, usualStart } from "../gateway/gateway-markets.ts";
import { serveGateway } from "../gateway/gateway-service.ts";
import {
  durationOption,
  examples,
  instantOption,
  namingOption,
  parseDuration,
  positiveOption,
  wholeNumberOption,
} from "../terminal/option-values.ts";
import { Talk } from "../terminal/talk.ts";

/** `barline gateway --bars FILE…`. */
export function addGateway(program: Command): void {
  const command = program
    .command("gateway")
    .description(
      "serve files of bars as a gateway of Interactive Brokers, to any client of the TWS API",
    )
    .requiredOption(
      "--bars <file...>",
      "CSV files of bars, each one instrument; SYMBOL=FILE names it",
    )
    .option("--host <address>", "where to listen; 0.0.0.0 for other machines too", "127.0.0.1")
    .option("--port <number>", "the port; 0 for any that is free", portOption, 4_002)
    .option("--sec-type <type>", "what the instruments are: STK, FUT, CASH, ...", "STK")
    .option("--exchange <name>", "where they are traded", "SMART")
    .option(
      "--start <instant>",
      "what its clock shows at first, ISO 8601 with an offset (default: 300 bars lie before it)",
      instantOption,
    )
    .option("--speed <number>", "how fast its time passes; 1 for real time", positiveOption, 60)
    .option(
      "--faults <text>",
      "what goes wrong, as a text or a file of it; can be typed while it runs as well, see help",
    )
    .option("--seed <number>", "draws the path of prices inside the bars", wholeNumberOption(0), 1)
    .option(
      "--history-delay <duration>",
      "from a request for history to its answer, such as 40ms, in its time (default: 40ms)",
      durationOption,
      40,
    )
    .option("--server-version <number>", "the version it speaks, 100 to 193", versionOption, 178)
    .option(
      "--gateway-zone <name>",
      "whose wall clock its times are on: exchange, or an IANA time zone",
      "exchange",
    );
  command.option(
    "--nightly-restart <hh:mm/duration>",
    "when it goes away every day, on the wall clock of the first file's exchange or of " +
      "--gateway-zone, and for how long, such as 23:45/90s (default: never)",
    restartOption,
  );
  withBarFileOptions(command)
    .option("--json", "print one line of JSON on standard output when it listens")
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples(
        "barline gateway --bars examples/data/cffex-if-15m.csv --sec-type FUT --exchange CFFEX",
        'barline gateway --port 0 --json --bars A=a.csv B=b.csv --faults "+10m down 30s"',
      ),
    );
  command.action(gateway);
}

function portOption(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("Give a whole number from 0 to 65535.");
}

function versionOption(text: string): number {
  const version = /^\d{3}$/.test(text) ? Number(text) : Number.NaN;
  if (version >= 100 && version <= 193) return version;
  throw new InvalidArgumentError("Give a whole number from 100 to 193.");
}

function restartOption(text: string): DailyRestart {
  const match = /^([01]\d|2[0-3]):([0-5]\d)\/(.+)$/.exec(text);
  const forMs = parseDuration(match?.[3] ?? "") ?? 0;
  if (match !== null && forMs > 0) {
    return { atMs: Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS, forMs };
  }
  throw new InvalidArgumentError("Write a time of day and a duration, such as 23:45/90s.");
}

async function gateway(flags: GatewayFlags): Promise<void> {
  const talk = new Talk(flags.quiet === true);
  const zone = zoneOf(flags);
  const markets = await openGatewayMarkets(flags);
  const start = flags.start ?? usualStart(markets);
  requireWithin(start, markets);
  await serveGateway({
    talk,
    markets,
    start,
    isUsualStart: flags.start === undefined,
    host: flags.host,
    port: flags.port,
    speed: flags.speed,
    faults: faultsText(flags.faults),
    isJson: flags.json === true,
    options: optionsOf(flags, zone, markets[0]!.truth.grid.calendar.zone),
  });
}

/** The zone of the gateway's setting; undefined where it is each exchange's own. */
function zoneOf({ gatewayZone }: GatewayFlags): Zone | undefined {
  if (gatewayZone === "exchange") return undefined;
  return namingOption("--gateway-zone", () => systemZone(gatewayZone));
}

function optionsOf(
  { seed, historyDelay, serverVersion, nightlyRestart }: GatewayFlags,
  zone: Zone | undefined,
  exchangeZone: Zone,
): IbGatewayOptions {
  const options: IbGatewayOptions = {
    seed,
    historyDelayMs: historyDelay,
    serverVersion,
    timeZone: zone ?? "exchange",
  };
  if (nightlyRestart === undefined) return options;
  return { ...options, nightlyRestart: { ...nightlyRestart, zone: zone ?? exchangeZone } };
}

/** A text of faults, or the file of that name. */
function faultsText(given: string | undefined): string {
  if (given === undefined || !existsSync(given)) return given ?? "";
  return readFileSync(given, "utf8");
}

function requireWithin(start: UnixMs, markets: readonly GatewayMarket[]): void {
  const first = Math.min(...markets.map(({ truth }) => truth.bars.openTime[0]!));
  const last = Math.max(...markets.map(({ endsAt }) => endsAt));
  if (first <= start && start < last) return;
  fail("invalid-option", `${formatInstant(start)} lies outside the market's time`, {
    where: "--start",
    cure: `there are bars from ${formatInstant(first)} to ${formatInstant(last)}; start within`,
  });
}
