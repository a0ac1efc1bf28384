/** For a process that calls `bytesOfPass`: no collection falls into a pass of some 100 MB. */
export const MEMORY_OPTIONS = [
  "--expose-gc",
  "--min-semi-space-size=256",
  "--max-semi-space-size=256",
];

/** How much the heap grew over one pass, in bytes: the median of some. Buffers are not counted. */
export function bytesOfPass(pass: () => void): number {
  const growths: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    globalThis.gc!();
    const before = process.memoryUsage().heapUsed;
    pass();
    growths.push(process.memoryUsage().heapUsed - before);
  }
  return growths.sort((a, b) => a - b)[2]!;
}
