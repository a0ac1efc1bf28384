import { formatInstant } from "../../core/time/instant.ts";
import type { SeedOutcome } from "./run-seed.ts";
import { problemText } from "./run-text.ts";
import type { Seen, SeenBar } from "./seen.ts";
import type { Cue } from "./trouble.ts";

const CUES: Readonly<Record<Cue["on"], string>> = {
  struck: "the one before",
  taken: "a run asks for its history",
  ready: "a run is READY",
  link: "the link is back",
  began: "a process is started again",
};

/** What was drawn for a run, a knob a line. */
export function knobLines({ knobs }: SeedOutcome): readonly string[] {
  const { troubles, near: _near, start, end, phase = "any", ...others } = knobs;
  const rest = Object.entries({ ...others, phase });
  const lines = rest.map(([name, value]) => `${name.padEnd(16)}${value}`);
  lines.push(`start           ${formatInstant(start)}`, `end             ${formatInstant(end)}`);
  for (const { fault, name, at, cue, harm } of troubles) {
    const { kind: _kind, ...details } = harm;
    const waits = cue === undefined ? "" : `${cue.afterMs} ms after ${CUES[cue.on]}, or `;
    lines.push(
      `fault ${fault} ${name} ${waits}at ${formatInstant(at)}: ${JSON.stringify(details)}`,
    );
  }
  if (troubles.length === 0) lines.push("fault none");
  return lines;
}

/** What happened in a run, a line for each thing, and what was wrong with it. */
export function timeline({ seen, problems, halted }: SeedOutcome): readonly string[] {
  const lines = seen.flatMap((each) => {
    const text = seenLine(each);
    return text === undefined ? [] : [`${formatInstant(each.at)}  life ${each.life}  ${text}`];
  });
  if (halted !== undefined) lines.push(`refused: ${halted}`);
  return [...lines, ...problems.map((problem) => `WRONG  ${problemText(problem)}`)];
}

function seenLine(seen: Seen): string | undefined {
  switch (seen.kind) {
    case "began":
      return "begins";
    case "taken":
      return `run ${seen.run} is ${seen.how}`;
    case "refused":
      return `refused: ${seen.text}`;
    case "ended":
      return `is ${seen.how}`;
    case "trouble":
      return `FAULT  ${seen.name} ${seen.text}`;
    case "link":
      return `link ${seen.text}`;
    case "bar":
      return `bar ${seen.seq} ${seen.size} ${barText(seen.bar)}, ${seen.origin}`;
    case "value":
      return undefined;
    case "state":
      return `${seen.to}: ${seen.reason}`;
    case "signal":
      return `signal ${seen.name}`;
    case "order":
      return `order ${seen.id} ${seen.side} ${seen.quantity} ${seen.status}`;
    case "fill":
      return `fill of order ${seen.id} at ${seen.price}`;
    case "gap":
      return `gap ${formatInstant(seen.from)} to ${formatInstant(seen.to)} ${seen.outcome}`;
    case "revision":
      return `revision ${seen.version} to ${barText(seen.after)}`;
    case "rejection":
      return `rejected as ${seen.fault}: ${barText(seen.bar)}`;
    case "continuity": {
      const { count, first, last } = seen;
      return `joined ${count} bars, ${formatInstant(first)} to ${formatInstant(last)}`;
    }
    case "status":
      return `stream ${seen.state}`;
  }
}

function barText({ openTime, open, high, low, close, volume }: SeenBar): string {
  return `${formatInstant(openTime)} ${open} ${high} ${low} ${close} x ${volume}`;
}
