const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const UPPER_E = 0x45;

/**
 * The double nearest to a decimal number, blanks around it allowed; NaN for anything else: nothing,
 * `NaN`, `Infinity`, hexadecimal, digit grouping, a decimal comma, or a number beyond all doubles.
 */
export function parseDecimal(text: string): number {
  const first = text.charCodeAt(0);
  const second = text.charCodeAt(1);
  // Number() agrees with the pattern on texts that begin with a digit and are no 0x, 0o, 0b; that
  // is nearly all of them. NaN, the second of a single digit, compares as not above.
  if (first >= ZERO && first <= NINE) {
    if (!(second > NINE) || second === LOWER_E || second === UPPER_E) return finite(Number(text));
    return Number.NaN;
  }
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? finite(Number(trimmed)) : Number.NaN;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
