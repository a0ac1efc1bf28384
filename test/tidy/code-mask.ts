// After one of these words a slash begins a regular expression; after any other word it divides.
const BEFORE_EXPRESSION = new Set(
  "return typeof case in of delete void throw new instanceof else do yield await".split(" "),
);
const WORD = /[\w$#]+/y;

/**
 * Source text with every comment blanked out, and the inside of every string, template text and
 * regular expression too. Quotes, template expressions, line breaks and all positions stay, so what
 * is found in the result is code, and is found at its place in the original.
 */
export function maskCode(text: string): string {
  return new Mask(text).run();
}

class Mask {
  readonly #text: string;
  #at = 0;
  #out = "";
  // One entry an open template expression: how many braces are open inside it.
  readonly #openBraces: number[] = [];
  // The last word or sign that was neither space nor comment: it tells a regex from a division.
  #previous = "";

  constructor(text: string) {
    this.#text = text;
  }

  run(): string {
    if (this.#text.startsWith("#!")) this.#blankTo(this.#indexOf("\n", 0));
    while (this.#at < this.#text.length) this.#step();
    return this.#out;
  }

  #step(): void {
    const sign = this.#text[this.#at]!;
    const pair = this.#text.slice(this.#at, this.#at + 2);
    if (pair === "//") this.#blankTo(this.#indexOf("\n", this.#at));
    else if (pair === "/*") this.#blankTo(this.#indexOf("*/", this.#at + 2) + 2);
    else if (sign === '"' || sign === "'") this.#quoted(sign);
    else if (sign === "`") this.#template();
    else if (sign === "/" && !this.#isAfterOperand()) this.#regularExpression();
    else if (sign === "}" && this.#openBraces.at(-1) === 0) {
      this.#openBraces.pop();
      this.#template();
    } else this.#plain(sign);
  }

  #plain(sign: string): void {
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#text)?.[0];
    const depth = this.#openBraces.length - 1;
    if (depth >= 0 && sign === "{") this.#openBraces[depth]! += 1;
    if (depth >= 0 && sign === "}") this.#openBraces[depth]! -= 1;
    // The `!` of `value!` is no operator: what follows it follows the value.
    const isPostfix = sign === "!" && this.#isAfterOperand() && this.#text[this.#at + 1] !== "=";
    if (!isPostfix && sign.trim() !== "") this.#previous = word ?? sign;
    this.#keep((word ?? sign).length);
  }

  #isAfterOperand(): boolean {
    const isWord = /[\w$]$/.test(this.#previous) && !BEFORE_EXPRESSION.has(this.#previous);
    return isWord || [")", "]", "}", '"', "`"].includes(this.#previous);
  }

  #quoted(quote: string): void {
    this.#keep(1);
    this.#blankTo(this.#endOfLiteral((sign) => sign === quote || sign === "\n"));
    this.#keep(1);
    this.#previous = '"';
  }

  /** From a backtick, or from the brace that ends an expression, to the next of either. */
  #template(): void {
    this.#keep(1);
    const end = this.#endOfLiteral((sign, next) => sign === "`" || (sign === "$" && next === "{"));
    this.#blankTo(end);
    const isOver = this.#text[this.#at] === "`";
    if (!isOver) this.#openBraces.push(0);
    this.#keep(isOver ? 1 : 2);
    this.#previous = isOver ? "`" : "{";
  }

  #regularExpression(): void {
    let isInClass = false;
    this.#keep(1);
    const end = this.#endOfLiteral((sign) => {
      if (sign === "[") isInClass = true;
      if (sign === "]") isInClass = false;
      return (sign === "/" && !isInClass) || sign === "\n";
    });
    // Letters instead of blanks: an expression of two slashes alone would be a comment.
    this.#out += "x".repeat(end - this.#at);
    this.#at = end;
    this.#keep(1);
    this.#previous = '"';
  }

  #endOfLiteral(isEnd: (sign: string, next: string | undefined) => boolean): number {
    let at = this.#at;
    while (at < this.#text.length && !isEnd(this.#text[at]!, this.#text[at + 1])) {
      at += this.#text[at] === "\\" ? 2 : 1;
    }
    return Math.min(at, this.#text.length);
  }

  #indexOf(what: string, from: number): number {
    const index = this.#text.indexOf(what, from);
    return index < 0 ? this.#text.length : index;
  }

  #keep(count: number): void {
    this.#out += this.#text.slice(this.#at, this.#at + count);
    this.#at += count;
  }

  #blankTo(end: number): void {
    this.#out += this.#text.slice(this.#at, end).replace(/[^\n]/g, " ");
    this.#at = end;
  }
}
