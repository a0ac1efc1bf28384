import { PROBES, problemText } from "../../../sim/fleet/index.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import { tableText } from "../terminal/talk.ts";
import type { FleetFigures } from "./fleet-figures.ts";
import type { SeedResult } from "./seed-result.ts";

/**
 * What became of a fleet, for people.
 *
 * @param mustMeet whether every situation and kind had to be met.
 */
export function fleetText(
  figures: FleetFigures,
  seconds: number,
  mustMeet: boolean,
  matrix = "",
): string {
  const { seeds, bars, instrumentYears, failing, halted, unmet } = figures;
  const minutes = Math.max(seconds, 0.001) / 60;
  const met = PROBES.filter((probe) => figures.probes.get(probe)! > 0);
  const rows = met.map((probe) => [probe, countText(figures.probes.get(probe)!)]);
  const lines = [
    `${countedText(seeds, "seed")} in ${seconds.toFixed(1)} s, ` +
      `${countText(Math.round(seeds / minutes))} a minute; ${countedText(bars, "bar")}, ` +
      `${(instrumentYears / minutes).toFixed(1)} instrument-years a minute`,
    tableText([["it happened that", "runs"], ...rows]),
    `${countedText(halted, "run")} refused what was damaged`,
  ];
  if (unmet.length > 0) lines.push(`never met: ${unmetText(figures, mustMeet)}`);
  if (matrix !== "") lines.push(matrix);
  lines.push(...failing.flatMap(failureLines));
  if (failing.length > 0) lines.push(`${countedText(failing.length, "seed")} failed`);
  else if (mustMeet && unmet.length > 0) lines.push("not all was met that must be");
  else lines.push("all is well");
  return lines.join("\n");
}

/** More than so many, and the seeds were few. */
const MOST_UNMET = 12;

function unmetText({ unmet, probes }: FleetFigures, isAll: boolean): string {
  if (isAll || unmet.length <= MOST_UNMET) return unmet.join("; ");
  return `${unmet.length} of ${probes.size} situations and kinds of runs, as --json lists them`;
}

/** What was wrong with a run, and how to play it once more. */
export function failureLines(result: SeedResult): readonly string[] {
  const { seed, fault, phase, problems } = result;
  const what = [fault, phase].filter((each) => each !== undefined).join(" in ");
  const name = `seed ${seed}${what === "" ? "" : ` of ${what}`}`;
  const [problem] = problemText(problems[0]!).split("\n");
  return [`${name} FAILED: ${problem}`, `  ${replayText(result)}`];
}

/** The command that plays exactly one run. */
function replayText({ seed, fault, phase }: SeedResult): string {
  const ofFault = fault === undefined ? "" : ` --fault ${fault}`;
  const ofPhase = phase === undefined ? "" : ` --phase ${phase}`;
  return `barline sim --seed ${seed}${ofFault}${ofPhase} --verbose`;
}

/** The same as one JSON object. */
export function fleetJson(figures: FleetFigures, seconds: number, matrix?: object): string {
  const { seeds, bars, halted, instrumentYears, failing, probes, faults } = figures;
  return JSON.stringify({
    seeds,
    seconds,
    bars,
    instrumentYears,
    halted,
    digest: figures.digest,
    probes: Object.fromEntries(probes),
    faults: Object.fromEntries(faults),
    ...(matrix === undefined ? {} : { cells: matrix }),
    failing: failing.map((result) => {
      const { seed, fault, phase, problems, digest } = result;
      return { seed, fault, phase, problems, digest, replay: replayText(result) };
    }),
  });
}
