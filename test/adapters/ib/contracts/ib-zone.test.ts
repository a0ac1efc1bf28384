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

  it("knows any zone of the machine, and no other", () => {
    expect(ibZone("Europe/Paris")?.name).toBe("Europe/Paris");
    for (const name of ["", "?", "+01:00", "Local Time"]) expect(ibZone(name)).toBeUndefined();
  });
});
