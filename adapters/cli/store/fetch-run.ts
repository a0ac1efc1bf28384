import type { Command } from "commander";
import { fail } from "../../../core/time/failure.ts";
import { formatInstant, type UnixMs } from "../../../core/time/instant.ts";
import type { TimeRange } from "../../../core/time/range.ts";
import type { IbFeed } from "../../ib/ib-feed.ts";
import { ibFeedSettings } from "../../ib/ib-feed-settings.ts";
import type { BarStore } from "../../store/bars/bar-store.ts";
import { missingSlots } from "../../store/fetch/missing-slots.ts";
import { givenConfig } from "../ib/ib-options.ts";
import type { LiveConfig } from "../ib/live-schema.ts";
import { liveSettings } from "../ib/live-settings.ts";
import { refusal } from "../ib/refusal.ts";
import type { DownloadFlags } from "./download-options.ts";
import { DownloadSession } from "./download-session.ts";
import { summaryLines } from "./download-summary.ts";
import { type OpenBars, withBars } from "./open-store.ts";
import { knownSince, wantedHistory } from "./wanted-history.ts";

interface FetchFlags extends DownloadFlags {
  readonly from: UnixMs;
  readonly to?: UnixMs;
}

const NOTHING_KNOWN = { complete: [], lost: [] };

/** Downloads what a store does not have of a series. */
export async function fetchHistory(command: Command): Promise<void> {
  const flags = command.opts<FetchFlags>();
  const config = givenConfig(command);
  if (flags.to !== undefined && flags.to <= flags.from) {
    fail("invalid-option", "it is not after --from", { where: "--to", cure: "give a later one" });
  }
  liveSettings(config);
  await withBars(flags.store, "write", (open) => fetchInto(open, flags, config));
}

async function fetchInto(open: OpenBars, flags: FetchFlags, config: LiveConfig): Promise<void> {
  const { bars } = open;
  const { from } = flags;
  const { contract, size, scope, priceType } = liveSettings(config);
  const session = new DownloadSession(open, flags, config);
  session.talk.say(`history of Interactive Brokers at ${session.place} into ${open.directory}`);
  try {
    session.start();
    const since = ({ key }: { readonly key: string }): UnixMs =>
      Math.min(from, knownSince(bars, key) ?? from);
    const downloaded = await session.fetch({ contract, size, scope, priceType, since }, (feed) =>
      wantedHistory(bars, feed, missingOf(bars, feed, flags)),
    );
    if (session.exitCode !== undefined) process.exitCode = session.exitCode;
    if (downloaded === undefined) return;
    const { summary, fault } = downloaded;
    const text = flags.json === true ? JSON.stringify(summary) : summaryLines(summary);
    process.stdout.write(`${text}\n`);
    if (fault !== undefined) throw refusal(fault);
  } finally {
    session.close();
  }
}

/** What is wanted of a feed and not known; throws where there is nothing to be wanted yet. */
function missingOf(
  bars: BarStore,
  { series, grid, clock }: IbFeed,
  { from, to = Number.POSITIVE_INFINITY }: FetchFlags,
): readonly TimeRange[] {
  const slots = grid(series);
  // A bar that closed just now may still be corrected: what is stored counts for good.
  const settledBy = clock.now() - ibFeedSettings().settleMs;
  const range = { from, to: Math.min(to, slots.slotClosedBy(settledBy)?.closeTime ?? from) };
  if (missingSlots(slots, NOTHING_KNOWN, range).length === 0) {
    fail("invalid-option", `no bar of ${series.key} has opened and closed since then`, {
      where: `--from ${formatInstant(from)}`,
      cure: "give an earlier instant, or ask again later",
    });
  }
  return missingSlots(slots, bars.find(series.key) ?? NOTHING_KNOWN, range);
}
