import { fail } from "../../core/time/failure.ts";
import type { Message } from "./frames.ts";

/** How a client says that a number is not set, beside leaving it empty. */
const UNSET = [Number.MAX_VALUE, 2_147_483_647];

/** Reads the fields of a message in order. What cannot be read throws `bad-field`. */
export class FieldReader {
  readonly #message: Message;
  readonly #name: string;
  #position = 1;
  #requestId: number | undefined;

  /** @param name of the message, for what is said of faults. */
  constructor(message: Message, name: string) {
    this.#message = message;
    this.#name = name;
  }

  /** The id of the request, once it was read. */
  get requestId(): number | undefined {
    return this.#requestId;
  }

  id(): number {
    this.#requestId = this.whole("request id");
    return this.#requestId;
  }

  text(field: string): string {
    const text = this.#message[this.#position];
    if (text === undefined) return this.#fault(field, "is missing");
    this.#position += 1;
    return text;
  }

  skip(...fields: readonly string[]): void {
    for (const field of fields) this.text(field);
  }

  /** A whole number; 0 where it is empty. */
  whole(field: string): number {
    const text = this.text(field);
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    return text === "" ? 0 : this.#fault(field, `is "${text}" and not a whole number`);
  }

  /** 0 where it is empty or said to be unset. */
  number(field: string): number {
    const text = this.text(field);
    const value = text.trim() === "" ? 0 : Number(text);
    if (!Number.isFinite(value)) this.#fault(field, `is "${text}" and not a number`);
    return UNSET.includes(value) ? 0 : value;
  }

  /** False where it is empty. */
  flag(field: string): boolean {
    const text = this.text(field);
    if (text === "1") return true;
    return text === "" || text === "0" ? false : this.#fault(field, `is "${text}", not 0 or 1`);
  }

  #fault(field: string, problem: string): never {
    const where = `message ${this.#message[0]} (${this.#name})`;
    return fail("bad-field", `${field} ${problem}`, { where });
  }
}
