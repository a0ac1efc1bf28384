import { Bench } from "tinybench";

/** What one contender of a race is called and does. */
export interface Contender {
  readonly name: string;
  /** What a pass needs done before it and is not to be measured by; default nothing. */
  readonly prepare?: () => void;
  /** One whole pass over the inputs. */
  readonly pass: () => void;
}

/** Milliseconds a pass. */
export interface Timing {
  readonly best: number;
  readonly median: number;
}

/**
 * Times contenders in one process, pass about pass: what else the machine does meanwhile hits all
 * of them alike. Each turn begins with another one, so that none always runs on the leavings of the
 * same neighbor. The first turns let the compiler settle and do not count.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  turns: number,
  warmUpTurns: number,
): Promise<ReadonlyMap<string, Timing>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn < warmUpTurns + turns; turn += 1) {
    const first = turn % contenders.length;
    const order = [...contenders.slice(first), ...contenders.slice(0, first)];
    const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true });
    for (const { name, prepare = () => {}, pass } of order) {
      bench.add(name, pass, { async: false, beforeEach: prepare });
    }
    await bench.run();
    if (turn < warmUpTurns) continue;
    for (const { name, result } of bench.tasks) {
      if (result.state === "errored") throw result.error;
      if (!("latency" in result)) throw new Error(`${name} has no result: ${result.state}`);
      samples.get(name)!.push(...(result.latency.samples ?? [result.latency.p50]));
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, timing(taken)]));
}

function timing(samples: number[]): Timing {
  samples.sort((a, b) => a - b);
  return { best: samples[0]!, median: samples[Math.floor(samples.length / 2)]! };
}
