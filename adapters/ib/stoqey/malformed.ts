const QUOTED_LENGTH = 160;

/** The gateway sent what nobody can read; the message says what, and never leaves this folder. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Text of a gateway as a message shows it: on one line, and not too long. */
export function quoted(text: string): string {
  const isLong = text.length > QUOTED_LENGTH;
  return `${JSON.stringify(text.slice(0, QUOTED_LENGTH))}${isLong ? "..." : ""}`;
}
