import { BarlineError } from "../../../core/time/failure.ts";
import type { Zone } from "../../../core/time/zone.ts";
import { systemZone } from "../../system/zone.ts";

/**
 * Names under which gateways have been seen to write a zone, or can: abbreviations mean the zone
 * with its daylight saving, not the fixed offset that IANA gives to `EST`. Display names are those
 * of the Java that gateways run on.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  UTC: ["GMT", "UCT", "Zulu", "Universal", "Etc/UTC", "Etc/GMT", "Etc/UCT", "Greenwich Mean Time"],
  "America/New_York": ["US/Eastern", "EST5EDT", "EST", "EDT", "Eastern Standard Time"],
  "America/Chicago": ["US/Central", "CST6CDT", "CST", "CDT", "Central Standard Time"],
  "America/Denver": ["US/Mountain", "MST7MDT", "Mountain Standard Time"],
  "America/Los_Angeles": ["US/Pacific", "PST8PDT", "PST", "PDT", "Pacific Standard Time"],
  "America/Sao_Paulo": ["Brasilia Time", "Brasilia Standard Time"],
  "Europe/London": ["GB", "GB-Eire", "BST", "British Summer Time", "GMT Standard Time"],
  "Europe/Berlin": ["MET", "CET", "CEST", "MEZ", "Central European Time", "Romance Standard Time"],
  "Europe/Athens": ["EET", "Eastern European Time"],
  "Asia/Shanghai": ["PRC", "China Standard Time", "China Time"],
  "Asia/Hong_Kong": ["Hongkong", "HKT", "Hong Kong Time", "Hong Kong Standard Time"],
  "Asia/Tokyo": ["Japan", "JST", "Japan Standard Time", "Tokyo Standard Time"],
  "Asia/Seoul": ["ROK", "KST", "Korea Standard Time", "Korean Standard Time"],
  "Asia/Singapore": ["Singapore", "SGT", "Singapore Time", "Singapore Standard Time"],
  "Asia/Taipei": ["ROC", "Taipei Standard Time"],
  "Asia/Kolkata": ["Asia/Calcutta", "IST", "India Standard Time"],
  "Asia/Jerusalem": ["Israel", "Israel Standard Time", "Israel Time"],
  "Australia/Sydney": ["Australia/NSW", "AET", "AEST", "AEDT", "Australian Eastern Standard Time"],
};

const CANONICAL = new Map(
  Object.entries(ALIASES).flatMap(([name, others]) => others.map((other) => [other, name])),
);

/**
 * The zone behind a name that a gateway uses: an IANA name, an old one, an abbreviation, or words
 * such as `China Standard Time` or `EST (Eastern Standard Time)`. Undefined for an unknown one.
 */
export function ibZone(name: string): Zone | undefined {
  const [short = "", long = ""] = name.trim().split(/ \(|\)$/);
  for (const each of [name.trim(), long, short]) {
    if (each === "") continue;
    // A display name says which half of the year it is; the zone knows that by itself.
    const standard = each.replace(/ (?:Daylight|Summer) Time$/, " Standard Time");
    const plain = standard.replace(/ Standard Time$/, " Time");
    const known = CANONICAL.get(each) ?? CANONICAL.get(standard) ?? CANONICAL.get(plain) ?? each;
    try {
      return systemZone(known);
    } catch (error) {
      if (!(error instanceof BarlineError)) throw error;
    }
  }
  return undefined;
}
