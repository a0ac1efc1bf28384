import { describe, expect, it } from "vitest";
import { BarlineError } from "../../../core/time/failure.ts";
import { MINUTE_MS } from "../../../core/time/instant.ts";
import { gatewayFaultHelp, parseGatewayFaults } from "../../../sim/ib/index.ts";
import { OPEN } from "./gateway-fixture.ts";

const FOREVER = Number.POSITIVE_INFINITY;
const fault = (text: string) => parseGatewayFaults(text, OPEN)[0]!.fault;

// Goal: a person can write every fault, and is told what is wrong with one that cannot be read.
describe("the text of faults", () => {
  it.each([
    ["down 90s", { kind: "down", forMs: 90_000 }],
    ["down forever", { kind: "down", forMs: FOREVER }],
    ["link 30s 1101", { kind: "link", forMs: 30_000, ending: "1101" }],
    ["link 1h30m 1102-dead", { kind: "link", forMs: 90 * MINUTE_MS, ending: "1102-dead" }],
    ["farm 3s", { kind: "farm", forMs: 3_000, kills: false }],
    ["farm 2900ms dead", { kind: "farm", forMs: 2_900, kills: true }],
    ["half-open forever", { kind: "half-open", forMs: FOREVER }],
    ["silent-streams", { kind: "silent-streams" }],
    ["client-id 60s", { kind: "client-id", forMs: 60_000 }],
    ["pacing 3", { kind: "history", what: { kind: "pacing" }, count: 3 }],
    ["history empty", { kind: "history", what: { kind: "empty" }, count: 1 }],
    ["history partial 2", { kind: "history", what: { kind: "partial" }, count: 2 }],
    ["history slow 20s 4", { kind: "history", what: { kind: "slow", byMs: 20_000 }, count: 4 }],
    ["revise 2", { kind: "revise", back: 2 }],
    ["revise", { kind: "revise", back: 1 }],
    ["competing 1m", { kind: "competing", forMs: 60_000 }],
    ["bust", { kind: "bust" }],
    ["deny 354", { kind: "deny", code: 354, of: ["history", "live"] }],
    ["deny 200", { kind: "deny", code: 200, of: ["contract", "history", "live"] }],
    ["deny 162 history", { kind: "deny", code: 162, of: ["history"] }],
    ["version 60", { kind: "version", serverVersion: 60 }],
    ["port", { kind: "port" }],
  ])("reads %s", (text, expected) => {
    expect(fault(text)).toEqual(expected);
  });

  it("reads many, on lines and between semicolons, with comments and times", () => {
    const text = `# a bad day
      +10m down 5s; now bust   # twice
      2024-03-05T02:00:00Z port

      +1h30s revise;`;
    const planned = parseGatewayFaults(text, OPEN);
    expect(planned.map(({ at }) => at - OPEN)).toEqual([
      10 * MINUTE_MS,
      0,
      30 * MINUTE_MS,
      60 * MINUTE_MS + 30_000,
    ]);
    expect(planned.map((each) => each.fault.kind)).toEqual(["down", "bust", "port", "revise"]);
    expect(parseGatewayFaults(" \n # nothing\n", OPEN)).toEqual([]);
  });

  it.each([
    ["explode 3s", 'line 1, "explode 3s": "explode" is no fault; write one of down, link'],
    ["bust\ndown", 'line 2, "down": a length of time is missing; write down 90s|forever'],
    ["down 90", 'line 1, "down 90": "90" is no length of time; write down 90s|forever'],
    ["link 30s", "1101 or 1102 or 1102-dead is missing; write link 30s 1101|1102|1102-dead"],
    ["link 30s 1103", '"1103" is not known here; write link'],
    ["bust now", '"now" is too much; write bust'],
    ["pacing 0", '"0" is no whole number; write pacing [N]'],
    ["+10 bust", '"+10" is no time; write +10m, +90s or +1h30m'],
    ["2024-03-05 bust", '"2024-03-05" is no time; write 2024-03-05T01:30:00Z, +10m or now'],
    ["now", "a fault is missing"],
    ["toString", '"toString" is no fault'],
  ])("says what is wrong with %j", (text, problem) => {
    const read = () => parseGatewayFaults(text, OPEN);
    expect(read).toThrow(problem);
    expect(read).toThrow(BarlineError);
  });

  it("is told in the help, word by word", () => {
    const forms = [...gatewayFaultHelp.matchAll(/^ {2}(\S.*)$/gm)].map((match) => match[1]!);
    expect(forms).toHaveLength(14);
    for (const form of forms) {
      const example = form
        .split(", ")[0]!
        .replace(/ \[.*/, "")
        .replace(/\|\S+/, "")
        .replace("CODE", "354")
        .replace("N", "1");
      expect(parseGatewayFaults(example, OPEN)).toHaveLength(1);
    }
  });
});
