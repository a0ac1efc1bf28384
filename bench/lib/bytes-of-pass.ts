/** For a process that calls `bytesOfPass`: no collection falls into a pass of some 100 MB. */
export const MEMORY_OPTIONS = [
  "--expose-gc",
  "--min-semi-space-size=256",
  "--max-semi-space-size=256",
];

const WARM_UP_PASSES = 8;
const COUNTED_PASSES = 5;

/**
 * How much the heap grew over one pass, in bytes: the median of some. Buffers are not counted. What
 * a pass returns stays alive through the collection after it, which would otherwise throw away
 * compiled code together with the last objects it knew.
 */
export function bytesOfPass(pass: () => unknown): number {
  const growths: number[] = [];
  let left: unknown;
  for (let count = 0; count < WARM_UP_PASSES + COUNTED_PASSES; count += 1) {
    globalThis.gc!();
    const before = process.memoryUsage().heapUsed;
    const result = pass();
    growths.push(process.memoryUsage().heapUsed - before);
    left = result;
  }
  if (left === undefined) throw new Error("a pass has to return what it made");
  const counted = growths.slice(WARM_UP_PASSES).sort((a, b) => a - b);
  return counted[Math.floor(COUNTED_PASSES / 2)]!;
}
