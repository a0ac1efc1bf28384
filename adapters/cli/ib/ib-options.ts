import { type Command, InvalidArgumentError, Option } from "commander";
import { fail } from "../../../core/time/failure.ts";
import {
  COMMON_RUN_OPTIONS,
  CONNECTION_OPTIONS,
  CONTRACT_OPTIONS,
  type ConfigOption,
  RUN_OPTIONS,
  SHARED_OPTIONS,
} from "./ib-option-table.ts";
import { checkedConfig, overlaid, readLiveConfig } from "./live-config.ts";
import type { LiveConfig } from "./live-schema.ts";

const GROUP = "On Interactive Brokers:";

/** Where a gateway listens, as `--ib` gives it. */
export interface HostAndPort {
  readonly host?: string;
  readonly port?: number;
}

/** An option in the group of those about Interactive Brokers. */
export function ibOption(flags: string, what: string): Option {
  return new Option(flags, what).helpGroup(GROUP);
}

/** Adds what `live` and `doctor` need to find a gateway and a contract. */
export function withGatewayOptions(command: Command): Command {
  command.addOption(
    ibOption(
      "--ib [host:port]",
      "the gateway: TWS or IB Gateway, or `barline gateway` (default: 127.0.0.1:4002)",
    ).argParser(hostAndPort),
  );
  command.addOption(ibOption("--config <file>", "configuration in JSON; options go before it"));
  return withOptions(command, [...CONNECTION_OPTIONS, ...CONTRACT_OPTIONS]);
}

/** Adds what names a contract's series, to a command that has no options of a file of bars. */
export function withSeriesOptions(command: Command): Command {
  return withOptions(command, SHARED_OPTIONS);
}

/** Adds what only a run on Interactive Brokers has. */
export function withIbRunOptions(command: Command): Command {
  return withOptions(command, RUN_OPTIONS);
}

/** Adds those of a run that change what has to be had from the gateway. */
export function withDoctorOptions(command: Command): Command {
  const some = RUN_OPTIONS.filter(({ flags }) => /^--(mode|backfill-bars) /.test(flags));
  return withOptions(command, some).addOption(
    ibOption("--no-backfill", "warm up on live bars alone"),
  );
}

/** The attributes of every option that means nothing without a gateway of Interactive Brokers. */
export const IB_ATTRIBUTES: readonly string[] = [
  ...["config", "bars", "speed"],
  ...[...CONNECTION_OPTIONS, ...CONTRACT_OPTIONS, ...RUN_OPTIONS].map(attributeOf),
];

function withOptions(command: Command, options: readonly ConfigOption[]): Command {
  for (const { flags, what, parse, choices } of options) {
    const option = ibOption(flags, what);
    if (parse !== undefined) option.argParser(parse);
    if (choices !== undefined) option.choices(choices);
    command.addOption(option);
  }
  return command;
}

function attributeOf({ flags }: ConfigOption): string {
  return new Option(flags).attributeName();
}

/** Reads `127.0.0.1:4002`, `gateway.lan` or `[::1]:4002`. */
function hostAndPort(text: string): HostAndPort {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (
    host === undefined ||
    /^\d+$/.test(host) ||
    (port !== undefined && !(port > 0 && port < 65_536))
  ) {
    throw new InvalidArgumentError("Write HOST:PORT, such as 127.0.0.1:4002.");
  }
  return port === undefined ? { host } : { host, port };
}

/**
 * The configuration of a command line: what its options say over what its file says. Throws
 * `invalid-config` with all mistakes of the file, or of the options.
 */
export function givenConfig(command: Command): LiveConfig {
  const flags = command.opts<{ readonly config?: string; readonly ib?: HostAndPort | true }>();
  const lower = flags.config === undefined ? {} : readLiveConfig(flags.config);
  return overlaid(configOfOptions(command), lower);
}

function configOfOptions(command: Command): LiveConfig {
  const flags = command.opts<Record<string, unknown>>();
  const config: Record<string, Record<string, unknown>> = {};
  const names = new Map<string, string>();
  const set = (section: string, key: string, value: unknown, name: string): void => {
    config[section] ??= {};
    config[section][key] = value;
    names.set(`${section}.${key}`, name);
  };
  if (typeof flags.ib === "object") {
    for (const [key, value] of Object.entries(flags.ib as HostAndPort)) {
      set("gateway", key, value, "--ib");
    }
  }
  for (const option of ALL_OPTIONS) {
    const attribute = attributeOf(option);
    // A default of the command line must not hide what the file says.
    if (command.getOptionValueSource(attribute) !== "cli") continue;
    set(option.section, option.key, flags[attribute], new Option(option.flags).long!);
  }
  return checkedConfig(config, "the options", (path) => ({
    text: names.get(path.slice(0, 2).join("."))!,
    order: 0,
  }));
}

const ALL_OPTIONS: readonly ConfigOption[] = [
  ...SHARED_OPTIONS,
  ...CONTRACT_OPTIONS,
  ...RUN_OPTIONS,
  ...COMMON_RUN_OPTIONS,
  ...CONNECTION_OPTIONS,
];

/** Refuses options of the command line that mean nothing in the form that was chosen. */
export function refuseGiven(command: Command, attributes: readonly string[], cure: string): void {
  for (const option of command.options) {
    const attribute = option.attributeName();
    if (!attributes.includes(attribute)) continue;
    if (command.getOptionValueSource(attribute) !== "cli") continue;
    fail("invalid-option", "it has no meaning here", { where: option.long ?? attribute, cure });
  }
}
