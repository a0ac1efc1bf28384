import type { TimerClock } from "../../../core/time/clock.ts";
import { formatInstant } from "../../../core/time/instant.ts";
import { UTC } from "../../../core/time/zone.ts";
import { seedDuration } from "../../ib/live/seed-duration.ts";
import { ibBarSize, whatToShow } from "../../ib/port/bar-sizes.ts";
import type { IbContract } from "../../ib/port/ib-contract.ts";
import { parseIbTime } from "../../ib/port/ib-time.ts";
import type { IbLink, IbQuestion } from "../../ib/session/ib-link.ts";
import { type Asked, askOnce } from "./ask-once.ts";
import type { Finding } from "./findings.ts";
import type { LiveSettings } from "./live-settings.ts";

/** What the gateway is asked about, and with what patience. */
export interface Examined {
  readonly link: IbLink;
  /** The machine's clock. */
  readonly clock: TimerClock;
  /** The whole contract, its `conId` included. */
  readonly contract: IbContract;
  readonly settings: LiveSettings;
}

/** History can be slow: a gateway that was asked nothing for long wakes its data farm first. */
const HISTORY_DEADLINE_MS = 30_000;
/** Real-time bars come every 5 seconds, if they come. */
const REAL_TIME_DEADLINE_MS = 8_000;

const SILENCE: Pick<Finding, "verdict" | "text" | "cure"> = {
  verdict: "wrong",
  text: "the gateway did not answer",
  cure: "look whether its data farms are connected (TWS: Help > Data Connections), then try again",
};

/** Whether history of the series may be had: a request for its last few bars. */
export async function historyFinding(examined: Examined): Promise<Finding> {
  const asked = await ask(examined, historyQuestion(examined.settings, false), HISTORY_DEADLINE_MS);
  const finding = refusal("history", asked);
  if (finding !== undefined) return finding;
  const bars = barsOf(asked);
  const text = bars === 0 ? "permitted; no bar in the last hours" : `permitted; ${bars} bars came`;
  return { check: "history", verdict: "fine", text, details: { bars } };
}

/** Whether live bars of the series may be had: a stream is opened and closed again. */
export async function liveFinding(examined: Examined): Promise<Finding> {
  const { settings } = examined;
  const check = "live";
  const details = { mode: settings.mode };
  if (settings.mode === "keep-up-to-date") {
    const asked = await ask(examined, historyQuestion(settings, true), HISTORY_DEADLINE_MS);
    const text = "permitted; the stream of bars in progress stands";
    return refusal(check, asked) ?? { check, verdict: "fine", text, details };
  }
  const question = {
    kind: "real-time-bars",
    whatToShow: whatToShow(settings.priceType),
    useRegularHours: settings.scope === "regular",
  } as const;
  const asked = await ask(examined, question, REAL_TIME_DEADLINE_MS);
  if (asked.kind === "silence") {
    // Not refused is all that can be known while nothing trades.
    const text = "not refused; no bar of 5 seconds came, as is usual while the market is closed";
    return { check, verdict: "unknown", text, details };
  }
  const text = "permitted; a bar of 5 seconds came";
  return refusal(check, asked) ?? { check, verdict: "fine", text, details };
}

/** How far back the history of the series goes. */
export async function beginningFinding(examined: Examined): Promise<Finding> {
  const { settings } = examined;
  const question = {
    kind: "head-timestamp",
    whatToShow: whatToShow(settings.priceType),
    useRegularHours: settings.scope === "regular",
    formatDate: 2,
  } as const;
  const asked = await ask(examined, question, HISTORY_DEADLINE_MS);
  const check = "beginning";
  if (asked.kind === "answered" && asked.event.kind === "head-timestamp") {
    const time = parseIbTime(asked.event.time, () => UTC);
    if (time?.kind === "instant") {
      const at = formatInstant(time.at);
      return { check, verdict: "fine", text: `history begins at ${at}`, details: { at } };
    }
  }
  const why = asked.kind === "refused" ? asked.fault.message : "the gateway does not tell";
  // A run does not need to know it.
  return { check, verdict: "unknown", text: `when history begins is not known: ${why}` };
}

type Unaddressed<T> = T extends { readonly contract: IbContract } ? Omit<T, "contract"> : never;

function ask(
  { link, clock, contract }: Examined,
  question: Unaddressed<IbQuestion>,
  deadlineMs: number,
): Promise<Asked> {
  return askOnce(link, { ...question, contract } as IbQuestion, clock, deadlineMs);
}

function historyQuestion(settings: LiveSettings, keepUpToDate: boolean) {
  return {
    kind: "history",
    end: "",
    duration: seedDuration(settings.size),
    barSize: ibBarSize(settings.size),
    whatToShow: whatToShow(settings.priceType),
    useRegularHours: settings.scope === "regular",
    formatDate: 2,
    keepUpToDate,
  } as const;
}

function refusal(check: string, asked: Asked): Finding | undefined {
  if (asked.kind === "answered") return undefined;
  if (asked.kind === "silence") return { check, ...SILENCE };
  const { code, message, ibCode } = asked.fault;
  const details = { code, ...(ibCode === undefined ? {} : { ibCode }) };
  // An empty answer is one: nothing traded lately.
  if (code === "no-data") {
    return { check, verdict: "fine", text: `permitted; ${message}`, details };
  }
  return { check, verdict: "wrong", text: message, details };
}

function barsOf(asked: Asked): number {
  return asked.kind === "answered" && asked.event.kind === "history" ? asked.event.bars.length : 0;
}
