import { explainFileError } from "../rows/file-errors.ts";
import type { CsvDialect } from "./csv-options.ts";
import { detectDelimiter } from "./delimiter.ts";
import { type LineBlock, LineBlocks } from "./line-blocks.ts";
import { openFile } from "./open-file.ts";
import { type RecordListener, RecordParser } from "./record-parser.ts";

/**
 * Hands the records of a file to a listener, the header first, and pauses after each block of some
 * thousand: whoever iterates decides when reading goes on. Ends when the listener has heard enough,
 * or when the iteration is left; the file is closed then. Throws a `BarlineError` for whatever
 * keeps the file from being read.
 */
export async function* readRecords(
  file: string,
  delimiter: CsvDialect["delimiter"],
  signal: AbortSignal,
  listener: RecordListener,
): AsyncGenerator<void> {
  let goesOn = true;
  const listen: RecordListener = (row, line) => {
    goesOn = listener(row, line);
    return goesOn;
  };
  let parser: RecordParser | undefined;
  const blocks = new LineBlocks(file);
  try {
    for await (const { bytes, problem } of blocksOf(blocks, file, signal)) {
      parser ??= new RecordParser(
        file,
        delimiter ?? detectDelimiter(bytes),
        blocks.endsWithReturn,
        listen,
      );
      await parser.write(bytes);
      // The parser looks ahead and so holds back the last rows, which count before a problem.
      if (problem !== undefined) await parser.end();
      if (goesOn && problem !== undefined) throw problem;
      yield;
      if (!goesOn) return;
    }
    await parser?.end();
  } catch (error) {
    throw explainFileError(error, file);
  }
}

async function* blocksOf(
  blocks: LineBlocks,
  file: string,
  signal: AbortSignal,
): AsyncGenerator<LineBlock> {
  for await (const chunk of await openFile(file, signal)) {
    const block = blocks.add(chunk as Buffer);
    if (block !== undefined) yield block;
  }
  const rest = blocks.finish();
  if (rest !== undefined) yield rest;
}
