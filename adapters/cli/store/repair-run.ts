import type { Command } from "commander";
import { BarlineError, fail } from "../../../core/time/failure.ts";
import type { IbFeed } from "../../ib/ib-feed.ts";
import { countText } from "../../kept/count-text.ts";
import type { StoredSeries } from "../../store/bars/bar-store.ts";
import {
  forgetFaulty,
  planRepair,
  type RepairPlan,
  repairRanges,
} from "../../store/fetch/repair-plan.ts";
import { systemZone } from "../../system/zone.ts";
import { givenConfig, refuseGiven } from "../ib/ib-options.ts";
import type { LiveConfig } from "../ib/live-schema.ts";
import { refusal } from "../ib/refusal.ts";
import { ListedError } from "../terminal/mistakes.ts";
import { Talk } from "../terminal/talk.ts";
import type { WantedHistory } from "./download.ts";
import type { DownloadFlags } from "./download-options.ts";
import { type Downloaded, DownloadSession } from "./download-session.ts";
import { type DownloadSummary, summaryLines } from "./download-summary.ts";
import { findKey, keysOf } from "./find-series.ts";
import { type OpenBars, withBars } from "./open-store.ts";
import { planJson, planText } from "./repair-text.ts";
import { storedContract } from "./stored-contract.ts";
import { knownSince, wantedHistory } from "./wanted-history.ts";

interface RepairFlags extends DownloadFlags {
  readonly dryRun?: boolean;
}

type Plans = ReadonlyMap<string, RepairPlan>;

const CONTRACT_CURE =
  "name its contract with --sec-type, --exchange, --primary-exchange or --con-id";

/** Finds what is wrong with some series of a store, and fetches it again. */
export async function repairStore(text: string | undefined, command: Command): Promise<void> {
  const flags = command.opts<RepairFlags>();
  refuseGiven(command, ["session", "price"], "the series says what its bars are; leave it out");
  const config = givenConfig(command);
  await withBars(flags.store, flags.dryRun === true ? "read" : "write", async (open) => {
    const plans = planAll(open, text, flags);
    if (flags.dryRun === true) say(flags, plans);
    else await carryOut(open, plans, flags, config);
  });
}

function planAll(open: OpenBars, text: string | undefined, flags: RepairFlags): Plans {
  const talk = new Talk(flags.quiet === true || flags.json === true);
  const keys = text === undefined ? keysOf(open.store) : [findKey(open, text, "SERIES")];
  const plans = new Map<string, RepairPlan>();
  for (const key of keys) {
    const progress = (done: number, of: number): void =>
      talk.replaceLine(`  looking at ${key}: ${countText(done)} of ${countText(of)} blocks`);
    plans.set(key, planRepair(open.bars, key, systemZone, progress));
  }
  talk.clearLine();
  return plans;
}

function say({ json }: RepairFlags, plans: Plans): void {
  const text =
    json === true
      ? JSON.stringify([...plans].map(([key, plan]) => planJson(key, plan)))
      : [...plans].map(([key, plan]) => planText(key, plan)).join("\n");
  process.stdout.write(`${text}\n`);
}

async function carryOut(
  open: OpenBars,
  plans: Plans,
  flags: RepairFlags,
  config: LiveConfig,
): Promise<void> {
  if (flags.json !== true) say(flags, plans);
  const failures: string[] = [];
  const summaries: DownloadSummary[] = [];
  const session = new DownloadSession(open, flags, config);
  try {
    for (const [key, plan] of plans) {
      if (session.exitCode !== undefined) break;
      if (plan.kind === "beyond-repair") {
        failures.push(`${key}: ${plan.problem}; remove it with "barline bars rm", then fetch it`);
      } else if (plan.items.length > 0) {
        session.start();
        const downloaded = await repaired(open, session, plan, config).catch(expected);
        if (downloaded instanceof BarlineError) failures.push(failureText(key, downloaded));
        else if (downloaded !== undefined) {
          summaries.push(downloaded.summary);
          if (flags.json !== true) process.stdout.write(`${summaryLines(downloaded.summary)}\n`);
          if (downloaded.fault !== undefined) {
            failures.push(`${key}: ${refusal(downloaded.fault).message}`);
          }
        }
      }
    }
  } finally {
    session.close();
  }
  if (flags.json === true) process.stdout.write(`${JSON.stringify(summaries)}\n`);
  if (session.exitCode !== undefined) process.exitCode = session.exitCode;
  if (failures.length > 0) {
    throw new ListedError("not-repaired", "not all of the store could be repaired", failures);
  }
}

function failureText(key: string, { code, message }: BarlineError): string {
  return `${key}: ${message}${code === "unknown-contract" ? `; ${CONTRACT_CURE}` : ""}`;
}

/** What is wrong with the world ends the repair of one series; what is wrong with us ends all. */
function expected(error: unknown): BarlineError {
  if (error instanceof BarlineError) return error;
  throw error;
}

function repaired(
  { store, bars }: OpenBars,
  session: DownloadSession,
  { of, items }: Extract<RepairPlan, { kind: "plan" }>,
  config: LiveConfig,
): Promise<Downloaded | undefined> {
  const { size, scope, priceType } = of.series;
  const since = (): number => knownSince(bars, of.key) ?? Number.POSITIVE_INFINITY;
  const request = { contract: storedContract(of.series, config), size, scope, priceType, since };
  return session.fetch(request, (feed): WantedHistory => {
    requireSameSeries(of, feed);
    const ignored = items.map(({ range }) => range);
    const ranges = repairRanges(feed.grid(feed.series), items);
    const wanted = wantedHistory(bars, feed, ranges, ignored);
    // Only now that everything is there to be asked for.
    forgetFaulty(store, bars, of, items, feed.clock.now());
    return wanted;
  });
}

function requireSameSeries({ key }: StoredSeries, { series }: IbFeed): void {
  if (series.key === key) return;
  fail("other-series", `the gateway knows it as ${series.key}`, {
    where: key,
    cure: CONTRACT_CURE,
  });
}
