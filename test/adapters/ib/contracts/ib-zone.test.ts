// Goal: however a gateway calls a zone, it is the zone that it means.
import { describe, expect, it } from "vitest";
import { ibZone } from "../../../../adapters/ib/contracts/ib-zone.ts";
import { systemZone } from "../../../../adapters/system/zone.ts";
import { instant } from "../../../../core/time/instant.ts";
import { CHICAGO, NEW_YORK, SHANGHAI, UTC } from "../../../../core/time/zone.ts";

describe("ibZone", () => {
  it("gives the zones that Barline carries rules for, by any of their names", () => {
    const eastern = ["America/New_York", "US/Eastern", "EST5EDT", "EST", "Eastern Standard Time"];
    for (const name of [...eastern, "EST (Eastern Standard Time)", "Eastern Daylight Time"]) {
      expect(ibZone(name)).toBe(NEW_YORK);
    }
    for (const name of ["US/Central", "CST", "CST (Central Standard Time)"]) {
      expect(ibZone(name)).toBe(CHICAGO);
    }
    for (const name of ["UTC", "GMT", "Greenwich Mean Time"]) expect(ibZone(name)).toBe(UTC);
    for (const name of ["Asia/Shanghai", "PRC", "China Standard Time"]) {
      expect(ibZone(name)).toBe(SHANGHAI);
    }
  });

  it("knows abbreviations and display names of the others", () => {
    const same: readonly [string, string][] = [
      ["MET", "Europe/Berlin"],
      ["Central European Summer Time", "Europe/Berlin"],
      ["GB-Eire", "Europe/London"],
      ["British Summer Time", "Europe/London"],
      ["Hongkong", "Asia/Hong_Kong"],
      ["Hong Kong Time", "Asia/Hong_Kong"],
      ["JST", "Asia/Tokyo"],
      ["Japan", "Asia/Tokyo"],
      ["Asia/Calcutta", "Asia/Kolkata"],
      ["IST", "Asia/Kolkata"],
      ["Australia/NSW", "Australia/Sydney"],
      ["Australian Eastern Daylight Time", "Australia/Sydney"],
    ];
    for (const [name, meant] of same) {
      for (const at of ["2024-01-15T00:00:00Z", "2024-07-15T00:00:00Z"].map(instant)) {
        expect(ibZone(name)?.offsetMsAt(at)).toBe(systemZone(meant).offsetMsAt(at));
      }
    }
  });

  it.each([
    ["UTC", "GMT, UCT, Zulu, Universal, Etc/UTC, Etc/GMT, Etc/UCT"],
    ["America/New_York", "EDT, EST5EDT (Eastern Daylight Time)"],
    ["America/Chicago", "CST6CDT, CDT, Central Standard Time, Central Daylight Time"],
    ["America/Denver", "US/Mountain, MST7MDT, Mountain Standard Time, Mountain Daylight Time"],
    ["America/Los_Angeles", "US/Pacific, PST8PDT, PST, PDT, Pacific Standard Time"],
    ["America/Sao_Paulo", "Brasilia Time, Brasilia Standard Time"],
    ["Europe/London", "GB, GB-Eire, BST, British Summer Time, GMT Standard Time"],
    ["Europe/Berlin", "MET, CET, CEST, MEZ, Central European Time, Romance Standard Time"],
    ["Europe/Athens", "EET, Eastern European Time, Eastern European Summer Time"],
    ["Asia/Shanghai", "China Standard Time, China Time, CST (China Standard Time)"],
    ["Asia/Hong_Kong", "Hongkong, HKT, Hong Kong Time, Hong Kong Standard Time"],
    ["Asia/Tokyo", "Japan, JST, Japan Standard Time, Tokyo Standard Time"],
    ["Asia/Seoul", "ROK, KST, Korea Standard Time, Korean Standard Time"],
    ["Asia/Singapore", "Singapore, SGT, Singapore Time, Singapore Standard Time"],
    ["Asia/Taipei", "ROC, Taipei Standard Time"],
    ["Asia/Kolkata", "Asia/Calcutta, IST, India Standard Time, IST (India Standard Time)"],
    ["Asia/Jerusalem", "Israel, Israel Standard Time, Israel Time, Israel Daylight Time"],
    ["Australia/Sydney", "Australia/NSW, AET, AEST, AEDT, Australian Eastern Standard Time"],
  ])("names %s for what gateways, Java and Windows call it", (zone, names) => {
    for (const name of names.split(", ")) {
      expect(ibZone(name)?.name, name).toBe(zone);
      expect(ibZone(`  ${name} `)?.name, name).toBe(zone);
    }
  });

  it("knows any zone of the machine, and no other", () => {
    expect(ibZone("Europe/Paris")?.name).toBe("Europe/Paris");
    for (const name of ["", "?", "+01:00", "Local Time"]) expect(ibZone(name)).toBeUndefined();
  });
});
