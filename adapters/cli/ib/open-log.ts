import { closeSync, openSync, writeSync } from "node:fs";
import { type Logger, pino } from "pino";
import { fail } from "../../../core/time/failure.ts";

/** How much is logged. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** What becomes of a log. */
export interface LogOptions {
  readonly level: LogLevel;
  /** The file it is appended to; standard error where there is none. */
  readonly file?: string;
  /** Changes every line before it is written: hides what must not be told. */
  readonly hide: (line: string) => string;
}

/** A log in JSON, a line a record. */
export interface Log {
  readonly records: Logger;
  close(): void;
}

/**
 * Opens a log. A line is written before the call returns, so that nothing of it is lost when the
 * program dies. Throws `cannot-write`; what fails later is said once and ends the log, not the run.
 */
export function openLog({ level, file, hide }: LogOptions): Log {
  const descriptor = file === undefined ? undefined : openForAppending(file);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    if (descriptor !== undefined) closeSync(descriptor);
  };
  const write = (line: string): void => {
    if (!isOpen) return;
    if (descriptor === undefined) {
      process.stderr.write(hide(line));
      return;
    }
    try {
      writeSync(descriptor, hide(line));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      close();
      process.stderr.write(`barline: ${file}: the log cannot be written any more (${code})\n`);
    }
  };
  const records = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return { records, close };
}

function openForAppending(file: string): number {
  try {
    return openSync(file, "a");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail("cannot-write", `the log cannot be written (${code})`, {
      where: file,
      cure: "name a file in a folder that exists and that you may write to",
      cause: error,
    });
  }
}
