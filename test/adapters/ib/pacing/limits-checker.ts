import type { IbRequest } from "../../../../adapters/ib/port/ib-request.ts";

/** What happened to one request, for a judge who knows the rules and nothing of the pacer. */
export interface Sent {
  readonly request: IbRequest;
  readonly at: number;
  /** When its answer came; infinite while it has not. */
  answeredAt: number;
}

const SMALL = ["1 secs", "5 secs", "10 secs", "15 secs", "30 secs"];

function isSmall({ request }: Sent): boolean {
  if (request.kind === "head-timestamp") return true;
  return request.kind === "history" && SMALL.includes(request.barSize);
}

function weight({ request }: Sent): number {
  return "whatToShow" in request && request.whatToShow === "BID_ASK" ? 2 : 1;
}

function seriesOf({ request }: Sent): string {
  if (!("contract" in request) || !("whatToShow" in request)) return "";
  return `${request.contract.conId} ${request.contract.exchange} ${request.whatToShow}`;
}

function unnumbered({ request }: Sent): string {
  return JSON.stringify({ ...request, requestId: undefined });
}

/** The heaviest load of any window of the length that begins with one of the requests. */
function heaviest(sent: readonly Sent[], windowMs: number): number {
  let most = 0;
  for (const first of sent) {
    let load = 0;
    for (const each of sent) {
      if (each.at >= first.at && each.at < first.at + windowMs) load += weight(each);
    }
    most = Math.max(most, load);
  }
  return most;
}

const MINUTES_10 = 600_000;
const HISTORICAL = ["history", "schedule", "head-timestamp"];

/** Every limit of the gateway, recounted the slow way; names those that are broken. */
export function brokenLimits(sent: readonly Sent[]): string[] {
  const broken: string[] = [];
  const messages = sent.map((each) => ({ ...each, request: { kind: "accounts" } }) as Sent);
  if (heaviest(messages, 1_000) > 50) broken.push("messages");
  const small = sent.filter(isSmall);
  if (heaviest(small, MINUTES_10) > 60) broken.push("small bars");
  for (const series of new Set(small.map(seriesOf))) {
    const same = small.filter((each) => seriesOf(each) === series);
    if (heaviest(same, 2_000) > 5) broken.push("same contract");
    const texts = same.map(unnumbered);
    const isAgain = same.some((one, index) =>
      same.some(
        (each, other) =>
          other > index && texts[other] === texts[index] && each.at - one.at < 15_000,
      ),
    );
    if (isAgain) broken.push("identical");
  }
  const historical = sent.filter(({ request }) => HISTORICAL.includes(request.kind));
  for (const one of historical) {
    const open = historical.filter((each) => each.at <= one.at && each.answeredAt > one.at);
    if (open.length > 50) broken.push("open");
  }
  const streams = sent.filter(({ request }) => request.kind === "real-time-bars");
  if (heaviest(streams, MINUTES_10) > 60) broken.push("real-time bars");
  return [...new Set(broken)];
}
