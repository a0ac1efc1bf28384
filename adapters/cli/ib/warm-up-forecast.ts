import type { IbFeed } from "../../ib/ib-feed.ts";
import type { LiveMode } from "../../ib/live/live-options.ts";
import { planRequests, type RequestPlan } from "../../ib/pacing/plan.ts";
import type { IbSession } from "../../ib/session/ib-session.ts";
import { planWarmUp } from "../../ib/warm-up-plan.ts";
import { countedText } from "../../kept/count-text.ts";
import { durationText } from "../../system/duration.ts";

/** How long a warm-up will take, and what it asks for. */
export interface WarmUpForecast {
  readonly bars: number;
  readonly pages: number;
  readonly messages: number;
  /** In milliseconds of our time; infinite where it can never be through. */
  readonly durationMs: number;
  readonly bottleneck: RequestPlan["bottleneck"];
}

/** Predicts the warm-up of a feed by what the session has learned of its gateway. */
export function warmUpForecast(
  session: IbSession,
  { series, details, grid }: IbFeed,
  { bars, mode, speed }: { readonly bars: number; readonly mode: LiveMode; readonly speed: number },
): WarmUpForecast {
  const now = session.clock.now();
  const plan = planWarmUp(series, details.contract, grid(series), now, { bars, mode });
  const { durationMs, messages, bottleneck } = planRequests(
    plan.requests,
    session.limits,
    session.latency,
  );
  return { bars, pages: plan.pages.length, messages, durationMs: durationMs / speed, bottleneck };
}

/** `260 bars in 1 page, 2 messages: about 600 ms, most of it waiting for answers`. */
export function forecastText(forecast: WarmUpForecast): string {
  const { bars, pages, messages, durationMs, bottleneck } = forecast;
  const asks = [countedText(bars, "bar"), "in", countedText(pages, "page"), "and"].join(" ");
  if (durationMs === Number.POSITIVE_INFINITY) {
    return `${asks} ${countedText(messages, "message")}: never, for ${WAITS[bottleneck]}`;
  }
  const about = `about ${durationText(durationMs)}, mostly for ${WAITS[bottleneck]}`;
  return `${asks} ${countedText(messages, "message")}: ${about}`;
}

/** What most of the time goes by for, in words. */
const WAITS: Readonly<Record<RequestPlan["bottleneck"], string>> = {
  answers: "the gateway's answers",
  messages: "the limit of messages per second",
  "open-requests": "the limit of requests open at once",
  "small-bars": "the limit of small bars in 10 minutes",
  "same-contract": "the limit of requests for one contract",
  identical: "the limit of identical requests",
  "real-time-bars": "the limit of new real-time bars in 10 minutes",
  streams: "the limit of real-time bars open at once",
  penalty: "the rest after a pacing violation",
  gate: "the connection",
};
