import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { feedSettings } from "../../adapters/cli/ib/ib-feed-config.ts";
import { readLiveConfig } from "../../adapters/cli/ib/live-config.ts";
import { LIVE_KEYS } from "../../adapters/cli/ib/live-schema.ts";
import { liveSettings } from "../../adapters/cli/ib/live-settings.ts";
import { ibFeedSettings } from "../../adapters/ib/ib-feed-settings.ts";
import { sessionOptions } from "../../adapters/ib/session/session-options.ts";
import { ROOT, readText } from "../tidy/project-files.ts";
import { membersOf, namesInTable, optionsInHelp } from "./documents.ts";
import { openWorkshop } from "./workshop.ts";

// Goal: docs/options.md leaves no option out: it names each that the help of a command explains and
// each member of an interface of options, and none that is not there.

const options = readText("docs/options.md");

describe("the options of the command line", () => {
  it("are all described, and no other", async () => {
    const workshop = openWorkshop();
    const runs = ["backtest", "live", "doctor", "gateway"];
    const ofBars = ["import", "export", "ls", "show", "verify", "rm", "fetch", "repair"];
    const bars = ofBars.map((command) => `bars ${command}`);
    const kept = ["replay", "runs", "sim"];
    const commands = [...runs, ...bars, ...kept, "compare", "aggregate", "calendars", "demo"];
    const helps = await Promise.all(
      commands.map((command) => workshop.run(`npx barline ${command} --help`)),
    );
    workshop.remove();
    const explained = helps.flatMap((lines) => optionsInHelp(lines.join("\n")));
    const described = [...options.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);
    expect([...new Set(described)].sort()).toEqual([...new Set(explained)].sort());
  });
});

describe("the configuration file", () => {
  it.each([...LIVE_KEYS])("has each key of %s described, and no other", (section, keys) => {
    expect(namesInTable(options, section).toSorted()).toEqual(keys.toSorted());
  });

  it("has an example that is allowed, and spells out defaults of the live stream", () => {
    const example = readLiveConfig(join(ROOT, "examples/ib.json"));
    expect(liveSettings(example)).toMatchObject({ host: "127.0.0.1", port: 4002, extraBars: 0 });
    expect(ibFeedSettings(feedSettings(example, 1))).toEqual(ibFeedSettings());
  });

  it("has the defaults that are described", () => {
    const { mode, graceMs, quietMs, settleMs } = ibFeedSettings();
    const session = sessionOptions({ random: () => 0 });
    const { messagesPerSecond, openHistoricalRequests, smallBarRequests } = session.pacing;
    const { identicalRequestMs, marginMs, penaltyMs, longestPenaltyMs } = session.pacing;
    const { random, pacing, maxWaiting, clientId, spareClientIds, ...reconnect } = session;
    const defaults = {
      ...{ mode: `\`"${mode}"\``, graceMs, quietMs, settleMs },
      ...{ messagesPerSecond, openHistoricalRequests, smallBarRequests },
      ...{ identicalRequestMs, marginMs, penaltyMs, longestPenaltyMs },
      ...reconnect,
    };
    const file = options.split("## Configuration file")[1]!.split("\n## ")[0]!;
    for (const [key, value] of Object.entries(defaults)) {
      expect(file).toMatch(new RegExp(`^\\| \`${key}\` \\|[^|]+\\| ${value} \\|`, "m"));
    }
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
