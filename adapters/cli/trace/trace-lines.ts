import { fail } from "../../../core/time/failure.ts";
import { openFile } from "../../csv/open-file.ts";
import { explainFileError } from "../../rows/file-errors.ts";
import { type TraceContents, TraceReader } from "./trace-contents.ts";

/** No line of a trace comes near this length. */
const LONGEST_LINE = 1 << 20;
const CURE = "compare files that --trace wrote";

/** Reads a trace from a file, also a gzipped one, in memory that does not grow with its lines. */
export async function readTrace(file: string): Promise<TraceContents> {
  const reader = new TraceReader(file);
  let rest = "";
  const take = (line: string): void => {
    if (line.trim() !== "") reader.take(line);
  };
  try {
    const { signal } = new AbortController();
    const stream = (await openFile(file, signal)).setEncoding("utf8");
    for await (const text of stream) {
      const lines = (rest + (text as string)).split("\n");
      rest = lines.pop()!;
      for (const line of lines) take(line);
      if (rest.length > LONGEST_LINE) {
        fail("not-a-trace", "a line is longer than 1 MiB", { where: file, cure: CURE });
      }
    }
  } catch (error) {
    throw explainFileError(error, file);
  }
  take(rest);
  const { contents } = reader;
  if (contents.lines === 0) fail("not-a-trace", "it is empty", { where: file, cure: CURE });
  return contents;
}
