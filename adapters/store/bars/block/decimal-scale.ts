/** What numbers of so many decimals are multiplied by to be whole. */
export const POWERS: readonly number[] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Whole numbers up to here have exact sums and differences, whatever they are. */
const LARGEST = 2 ** 51;

/**
 * The fewest decimals, `from` to 9, with which the numbers `begin` to `end` (exclusive) can be
 * written: as whole numbers from which a division makes the same bits again, since the quotient of
 * two exact numbers is rounded correctly. Undefined where there are none: -0, what is not finite,
 * too large, or of more decimals.
 */
export function decimalsOf(
  values: Float64Array,
  begin: number,
  end: number,
  from = 0,
): number | undefined {
  let decimals = from;
  let power = POWERS[decimals]!;
  for (let index = begin; index < end; index += 1) {
    const value = values[index]!;
    while (!isWholeTimes(value, power)) {
      decimals += 1;
      if (decimals === POWERS.length) return undefined;
      power = POWERS[decimals]!;
    }
  }
  return decimals;
}

function isWholeTimes(value: number, power: number): boolean {
  const whole = Math.round(value * power);
  if (whole === 0) return Object.is(value, 0);
  return whole / power === value && whole <= LARGEST && whole >= -LARGEST;
}

/** The numbers as whole ones of so many decimals; undefined where one of them is none. */
export function wholeNumbers(
  values: Float64Array,
  begin: number,
  end: number,
  decimals: number,
): Float64Array | undefined {
  const power = POWERS[decimals]!;
  const whole = new Float64Array(end - begin);
  for (let index = begin; index < end; index += 1) {
    const value = values[index]!;
    if (!isWholeTimes(value, power)) return undefined;
    whole[index - begin] = Math.round(value * power);
  }
  return whole;
}
