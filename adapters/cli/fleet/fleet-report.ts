import { problemText } from "../../../sim/fleet/index.ts";
import { countedText, countText } from "../../kept/count-text.ts";
import { tableText } from "../terminal/talk.ts";
import type { FleetFigures } from "./fleet-figures.ts";

/** What became of a fleet, for people. */
export function fleetText(figures: FleetFigures, seconds: number, replay: string): string {
  const { seeds, bars, instrumentYears, failing, halted } = figures;
  const minutes = Math.max(seconds, 0.001) / 60;
  const rows = [...figures.probes].map(([probe, count]) => [probe, countText(count)]);
  const lines = [
    `${countedText(seeds, "seed")} in ${seconds.toFixed(1)} s, ` +
      `${countText(Math.round(seeds / minutes))} a minute; ${countedText(bars, "bar")}, ` +
      `${(instrumentYears / minutes).toFixed(1)} instrument-years a minute`,
    tableText([["it happened that", "runs"], ...rows]),
    `${countedText(halted, "run")} refused what was damaged`,
  ];
  for (const { seed, problems } of failing) {
    lines.push(`seed ${seed} FAILED: ${problemText(problems[0]!).split("\n")[0]}`);
    lines.push(`  ${replay.replace("SEED", String(seed))}`);
  }
  lines.push(
    failing.length === 0 ? "all is well" : `${countedText(failing.length, "seed")} failed`,
  );
  return lines.join("\n");
}

/** The same as one JSON object. */
export function fleetJson(figures: FleetFigures, seconds: number): string {
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
    failing: failing.map(({ seed, problems, digest }) => ({ seed, problems, digest })),
  });
}
