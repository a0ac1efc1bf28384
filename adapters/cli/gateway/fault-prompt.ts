import { createInterface, type Interface } from "node:readline";
import { BarlineError } from "../../../core/time/failure.ts";
import { gatewayFaultHelp, type IbGateway, parseGatewayFaults } from "../../../sim/ib/index.ts";
import type { Talk } from "../terminal/talk.ts";

/** Lets faults be typed, or written by a script, on standard input while a gateway is served. */
export class FaultPrompt {
  readonly #lines: Interface;

  constructor(talk: Talk, gateway: IbGateway) {
    // A standard input that cannot be read is one on which nothing is said.
    process.stdin.on("error", ignore);
    this.#lines = createInterface({ input: process.stdin, terminal: false });
    this.#lines.on("line", (line) => obey(line.trim(), talk, gateway));
  }

  /** Reads no more, so that the program can end. */
  close(): void {
    this.#lines.close();
    process.stdin.off("error", ignore);
    process.stdin.destroy();
  }
}

function ignore(): void {}

function obey(line: string, talk: Talk, gateway: IbGateway): void {
  if (line === "") return;
  if (line === "help") {
    talk.say(gatewayFaultHelp);
    return;
  }
  try {
    for (const { fault, at } of parseGatewayFaults(line, gateway.now)) gateway.inflict(fault, at);
  } catch (error) {
    if (!(error instanceof BarlineError)) throw error;
    talk.say(error.message);
  }
}
