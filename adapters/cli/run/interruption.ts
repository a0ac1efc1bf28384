import { Talk } from "../terminal/talk.ts";

/** What a shell reports of a program that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Lets the user end a run in good order: the first Ctrl-C stops it, a second one ends the program
 * on the spot. Before a run begins, and after `done`, the signals do what they always do.
 */
export class Interruption {
  readonly #talk: Talk;
  readonly #word: string;
  readonly #stop: () => void;
  #exitCode: number | undefined;

  /**
   * @param stop ends the run; called at most once.
   * @param word what is said of it.
   */
  constructor(stop: () => void, word = "the run is stopped where it stands") {
    this.#talk = new Talk(false);
    this.#word = word;
    this.#stop = stop;
    for (const signal of SIGNALS) process.on(signal, this.#heard);
  }

  /** The exit code of a run that was interrupted; undefined for one that was not. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  done(): void {
    for (const signal of SIGNALS) process.off(signal, this.#heard);
  }

  readonly #heard = (signal: (typeof SIGNALS)[number]): void => {
    if (this.#exitCode !== undefined) process.exit(this.#exitCode);
    this.#exitCode = EXIT_CODES[signal];
    this.#talk.clearLine();
    this.#talk.say(`interrupted: ${this.#word}`);
    this.#stop();
  };
}
