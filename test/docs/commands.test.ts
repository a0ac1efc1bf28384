import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectFiles } from "../tidy/project-files.ts";
import { blocksOf, isLeftOut, isPrinted, type Step, stepsOfDocument } from "./documents.ts";
import { openWorkshop } from "./workshop.ts";

// Goal: the documents show what the program does. Every command in them is run, in the order of its
// document, and prints what stands there; every line of a trace that is quoted stands in a trace
// that they write; every example is that of the file.

/** What became of a document's commands. */
interface Outcome {
  readonly path: string;
  readonly steps: readonly (Step & { readonly actual: readonly string[] })[];
  /** The traces that the commands have written. */
  readonly traces: readonly string[];
}

const documents = projectFiles(/^(?:README|docs\/[^/]+|examples\/(?:data\/)?README)\.md$/);
const followed = documents.filter(({ text }) => /^(?:\$ |```text$)/m.test(text));

async function follow(path: string, text: string): Promise<Outcome> {
  const workshop = openWorkshop();
  try {
    const steps: (Step & { actual: readonly string[] })[] = [];
    for (const step of stepsOfDocument(text, workshop.writeScript)) {
      steps.push({ ...step, actual: await workshop.run(step.command) });
    }
    const traces = readdirSync(workshop.folder)
      .filter((name) => name.endsWith(".ndjson"))
      .map((name) => readFileSync(join(workshop.folder, name), "utf8"));
    return { path, steps, traces };
  } finally {
    workshop.remove();
  }
}

describe("the commands of the documents", () => {
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    outcomes = await Promise.all(documents.map(({ path, text }) => follow(path, text)));
  }, 300_000);

  it("are seen where they are", () => {
    const paths = outcomes.filter(({ steps }) => steps.length > 0).map(({ path }) => path);
    expect(paths).toEqual([
      "README.md",
      "docs/calendars.md",
      "docs/csv.md",
      "docs/determinism.md",
      "docs/indicators.md",
      "docs/journal.md",
      "docs/parquet.md",
      "docs/simulation.md",
      "docs/store.md",
      "docs/trace.md",
      "examples/README.md",
      "examples/data/README.md",
    ]);
    // A console block that was not understood would have no step: none of its commands is missed.
    const commands = documents
      .flatMap(({ text }) => text.match(/^\$ .+/gm) ?? [])
      .filter((line) => !isLeftOut(line.slice("$ ".length)));
    const scripts = documents.flatMap(({ text }) => text.match(/^```text$/gm) ?? []);
    const steps = outcomes.flatMap((outcome) => outcome.steps);
    expect(steps).toHaveLength(commands.length + scripts.length);
  });

  it.each(followed.map(({ path }) => path))("print what %s says", (path) => {
    const { steps } = outcomes.find((outcome) => outcome.path === path)!;
    // What differs is shown as it was printed, beside what the document says.
    const shown = steps.map(({ command, printed, actual }) => ({
      command,
      printed: isPrinted(printed, actual) ? printed : actual,
    }));
    expect(shown).toEqual(steps.map(({ command, printed }) => ({ command, printed })));
  });

  it("write every line of a trace that is quoted", async () => {
    const workshop = openWorkshop();
    const rough = await workshop.run("node examples/rough-gateway.mjs");
    workshop.remove();
    const traces = outcomes.flatMap((outcome) => outcome.traces);
    const written = new Set(traces.flatMap((trace) => trace.split("\n")).concat(rough));
    const quoted = documents
      .flatMap(({ text }) => blocksOf(text))
      .filter(({ language }) => language === "json")
      .flatMap(({ text }) => text.trimEnd().split("\n"));
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.filter((line) => !written.has(line))).toEqual([]);
  });
});

describe("the examples in the documents", () => {
  it("are those of the files", () => {
    const files = projectFiles(/^examples\/[^/]+\.(?:ts|mjs)$/);
    const quoted = documents.flatMap(({ text }) => {
      const blocks = blocksOf(text);
      return blocks.filter(
        ({ text: code }, index) =>
          code.startsWith("import ") && blocks[index + 1]?.language !== "text",
      );
    });
    expect(quoted.length).toBeGreaterThan(0);
    const strangers = quoted.filter(({ text }) => !files.some((file) => file.text === text));
    expect(strangers).toEqual([]);
  });
});
