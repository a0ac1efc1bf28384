/** `1,234,567`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 bar`, `2,000 bars`. */
export function countedText(count: number, what: string, many = `${what}s`): string {
  return `${countText(count)} ${count === 1 ? what : many}`;
}
