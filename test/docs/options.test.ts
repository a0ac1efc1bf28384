import { describe, expect, it } from "vitest";
import { readText } from "../tidy/project-files.ts";
import { membersOf, namesInTable, optionsInHelp } from "./documents.ts";
import { openWorkshop } from "./workshop.ts";

// Goal: docs/options.md leaves no option out: it names each that the help of a command explains and
// each member of an interface of options, and none that is not there.

const options = readText("docs/options.md");

describe("the options of the command line", () => {
  it("are all described, and no other", async () => {
    const workshop = openWorkshop();
    const commands = ["backtest", "live", "compare", "aggregate", "calendars", "demo"];
    const helps = await Promise.all(
      commands.map((command) => workshop.run(`npx barline ${command} --help`)),
    );
    workshop.remove();
    const explained = helps.flatMap((lines) => optionsInHelp(lines.join("\n")));
    const described = [...options.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);
    expect([...new Set(described)].sort()).toEqual([...new Set(explained)].sort());
  });
});

describe("the options in code", () => {
  it.each([
    ["RunOptions", "core/engine/run-options.ts"],
    ["SpliceOptions", "core/feed/seam/splice.ts"],
    ["SequencerOptions", "core/feed/seam/sequencer-options.ts"],
    ["FetchOptions", "core/feed/seam/range-fetch.ts"],
    ["SecondLookOptions", "core/feed/seam/second-look.ts"],
    ["SimBrokerOptions", "sim/sim-broker.ts"],
    ["GatewayOptions", "sim/gateway-options.ts"],
  ])("of %s are all described, and no other", (name, path) => {
    const members = membersOf(readText(path), name);
    expect(members.length).toBeGreaterThan(0);
    expect(namesInTable(options, name).toSorted()).toEqual(members.toSorted());
  });
});
