import { fail } from "../../../core/time/failure.ts";

/** A place in a text, both numbers from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A JSON text that was read: what it says, and where it says it. */
export interface JsonText {
  readonly value: unknown;
  /** Where the value at a path stands, or for a member of an object its name; undefined if none. */
  placeOf(path: readonly PropertyKey[]): TextPlace | undefined;
}

/** Deeper than anything that a person writes, and far from the end of the stack. */
const DEEPEST = 64;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside a text.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const BLANK = /[ \t\r\n]*/y;

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * Reads JSON, and remembers where everything stands, so that a mistake in a value can be shown.
 * Takes what `JSON.parse` takes, but for a name that an object has twice, of which that would drop
 * one without a word, and for more than 64 levels. Throws `invalid-json` with line and column.
 *
 * @param name what the text is called in an error.
 */
export function readJson(text: string, name: string): JsonText {
  return new Reader(text, name).document();
}

class Reader {
  readonly #text: string;
  readonly #name: string;
  readonly #places = new Map<string, number>();
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
    this.#name = name;
  }

  document(): JsonText {
    const value = this.#value([]);
    if (this.#peek() !== "") this.#fail("something follows after the end", "remove it");
    const places = this.#places;
    return {
      value,
      placeOf: (path) => {
        const at = places.get(keyOf(path));
        return at === undefined ? undefined : this.#placeAt(at);
      },
    };
  }

  #value(path: readonly PropertyKey[]): unknown {
    const next = this.#peek();
    if (!this.#places.has(keyOf(path))) this.#places.set(keyOf(path), this.#at);
    if (path.length > DEEPEST) this.#fail("it is nested too deeply", "write it flatter");
    if (next === "{") return this.#object(path);
    if (next === "[") return this.#array(path);
    if (next === '"') return this.#string();
    const number = this.#take(NUMBER);
    if (number !== undefined) return Number(number);
    const start = this.#at;
    const word = this.#take(WORD);
    if (word !== undefined && WORDS.has(word)) return WORDS.get(word);
    this.#at = start;
    if (next === "") return this.#fail("it ends where a value is missing", "write one");
    if (word !== undefined || next === "'") {
      return this.#fail("a text without double quotes", 'write it like "this"');
    }
    return this.#fail(`${shown(next)} where a value is missing`, "write a value");
  }

  #object(path: readonly PropertyKey[]): object {
    const object = {};
    this.#list("}", "a name in double quotes", () => {
      const at = this.#at;
      const name = this.#string();
      if (Object.hasOwn(object, name)) {
        this.#fail(`"${name}" stands here twice`, "keep one of them", at);
      }
      if (this.#peek() !== ":") this.#fail(`after "${name}" a colon is missing`, "write one");
      this.#at += 1;
      const inner = [...path, name];
      this.#places.set(keyOf(inner), at);
      // Not by assignment: "__proto__" is a name like any other.
      const value = this.#value(inner);
      Object.defineProperty(object, name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    });
    return object;
  }

  #array(path: readonly PropertyKey[]): readonly unknown[] {
    const array: unknown[] = [];
    this.#list("]", "a value", () => {
      array.push(this.#value([...path, array.length]));
    });
    return array;
  }

  /** Everything between two brackets, the opening one being next, with commas between. */
  #list(end: string, what: string, member: () => void): void {
    this.#at += 1;
    if (this.#peek() === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      member();
      const next = this.#peek();
      if (next === end) break;
      if (next === "") this.#fail(`it ends before "${end}"`, "complete it");
      if (next !== ",") this.#fail(`${shown(next)} where "," or "${end}" is missing`, "write one");
      const comma = this.#at;
      this.#at += 1;
      if (this.#peek() === end) {
        this.#fail(`a comma with nothing after it`, `remove it, or add ${what}`, comma);
      }
    }
    this.#at += 1;
  }

  #string(): string {
    const next = this.#peek();
    const text = this.#take(STRING);
    if (text !== undefined) return JSON.parse(text) as string;
    if (next !== '"') {
      const cure = 'write a name in double quotes, like "this"';
      return this.#fail(`${shown(next)} where a name is missing`, cure);
    }
    const cure = "close it with a double quote on the same line, and write a backslash as two";
    return this.#fail("this text does not end, or holds what JSON does not allow", cure);
  }

  /** The next sign that is not blank; empty at the end. */
  #peek(): string {
    this.#take(BLANK);
    const next = this.#text[this.#at] ?? "";
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (next === "#" || two === "//" || two === "/*") {
      this.#fail("JSON has no comments", "remove it; what every key means is in docs/options.md");
    }
    return next;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(problem: string, cure: string, at = this.#at): never {
    const { line, column } = this.#placeAt(at);
    return fail("invalid-json", problem, { where: `${this.#name}:${line}:${column}`, cure });
  }

  #placeAt(at: number): TextPlace {
    const before = this.#text.slice(0, at).split("\n");
    return { line: before.length, column: before.at(-1)!.length + 1 };
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}

function shown(sign: string): string {
  return sign === "" ? "the end" : JSON.stringify(sign);
}
