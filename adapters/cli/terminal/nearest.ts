/** The name that a mistyped one was most likely meant to be; undefined where none is close. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const plain = typed.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(plain, name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  // Half of it wrong is no slip of the finger any more.
  return least <= Math.max(1, Math.floor(plain.length * 0.4)) ? best : undefined;
}

/** Letters to insert, remove or replace, and neighbors to swap, to make one text the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      let least = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
      );
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap && row > 1 && column > 1) least = Math.min(least, beforeLast[column - 2]! + 1);
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length]!;
}
