import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonTimeForm, parseEpoch } from "../../../adapters/csv/time-form.ts";
import { TimeText } from "../../../adapters/csv/time-text.ts";
import { DAY_MS, parseInstant } from "../../../core/time/instant.ts";

// Goal: times in every usual form mean what they say, and no other text is a time.

/** What one reader, used over and over as for a file, makes of a text. */
const reader = new TimeText();
function instantOf(text: string): number | undefined {
  if (!reader.read(text) || Number.isNaN(reader.offsetMs)) return undefined;
  return reader.day * DAY_MS + reader.msOfDay - reader.offsetMs;
}

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: length, maxLength: length });
/** Texts that are instants, nearly are, or are not at all. */
const nearlyInstant = fc
  .tuple(
    fc.oneof(digits(4), fc.constantFrom("2024", "2023", "2000", "1900")),
    fc.constantFrom("01", "02", "09", "12", "13", "00", "1"),
    fc.constantFrom("01", "28", "29", "30", "31", "32", "00"),
    fc.constantFrom("T", " ", "", "t", "_"),
    fc.constantFrom("00", "09", "23", "24", "7"),
    fc.constantFrom("00", "30", "59", "60", "5"),
    fc.constantFrom("", ":00", ":59", ":60", ":", ":5"),
    fc.constantFrom("", ".5", ".123", ".123456789", "."),
    fc.constantFrom("Z", "+08:00", "-0330", "+24:00", "+05:60", "", "+5", "Z ", "z"),
  )
  .map(
    ([y, m, d, t, hour, minute, second, fraction, zone]) =>
      `${y}-${m}-${d}${t}${hour}:${minute}${second}${fraction}${zone}`,
  );

describe("TimeText", () => {
  // Goal: the fast reader agrees with the core's on everything the core accepts or refuses.
  it("reads instants as the core does", () => {
    fc.assert(
      fc.property(nearlyInstant, (text) => {
        expect(instantOf(text)).toBe(parseInstant(text));
      }),
      { numRuns: 3_000 },
    );
  });

  // Goal: it knows every date there is and none that there is not.
  it("reads exactly the dates that exist", () => {
    for (let year = 1999; year <= 2005; year += 1) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const text = [year, month, day].map((each) => String(each).padStart(2, "0")).join("-");
          const date = new Date(`${text}T00:00:00Z`);
          const exists = !Number.isNaN(date.getTime()) && date.getUTCDate() === day;
          expect(reader.read(text)).toBe(exists);
          if (exists) expect(reader.day * DAY_MS).toBe(date.getTime());
        }
      }
    }
  });

  it.each([
    "",
    "2024",
    "2024-01",
    "2024-01/02",
    "2024-1-2",
    "24-01-02",
    "01/02/2024",
    "2024-01-02 ",
    "2024-01-02 9:30",
    "2024-01-02-09:30",
    "20240102 9",
    "2024010209",
    "2024-01-02T09:30:00.",
    "2024-01-02T09:30 PM",
    "2024-01-02T09:30:00+08:00x",
    "2024-01-02T093",
  ])("refuses %j", (text) => {
    expect(reader.read(text)).toBe(false);
  });
});

describe("the form of a time", () => {
  it.each([
    ["2024-01-02T09:30:00Z", "iso"],
    ["2024-01-02 09:30:00.123-05:00", "iso"],
    ["2024-01-02T09:30:00+08", "iso"],
    ["20240102T093000Z", "iso"],
    ["2024-01-02 09:30", "local"],
    ["2024/01/02 09:30:15", "local"],
    ["2024.01.02 09:30", "local"],
    ["20240102 09:30:00", "local"],
    ["20240102  09:30:00", "local"],
    ["20240102-09:30:00", "local"],
    ["20240102 0930", "local"],
    ["20240102093000", "local"],
    ["2024-01-02", "date"],
    ["20240102", "date"],
    ["1704187800", "epoch-seconds"],
    ["1704187800.25", "epoch-seconds"],
    ["999999999", "epoch-seconds"],
    ["1704187800000", "epoch-milliseconds"],
    ["978307200000", "epoch-milliseconds"],
    ["202401020930", undefined],
    ["12345", undefined],
    ["-1704187800", undefined],
    ["1704187800000000", undefined],
    ["20241302", undefined],
    ["Jan 2, 2024", undefined],
    ["", undefined],
  ])("of %j is %s", (text, form) => {
    expect(commonTimeForm([text])).toBe(form);
  });

  // Goal: a bad first row does not decide for all the others.
  it("of a file is that of most rows", () => {
    expect(commonTimeForm(["?", "2024-01-02", "1704187800", "1704187860"])).toBe("epoch-seconds");
    expect(commonTimeForm(["2024-01-02", "1704187800"])).toBe("date");
    expect(commonTimeForm(["?", ""])).toBeUndefined();
  });
});

describe("epoch times", () => {
  // Goal: every millisecond survives being written as seconds with a fraction.
  it("are exact to the millisecond in both units", () => {
    fc.assert(
      fc.property(fc.integer({ min: -4e12, max: 4e12 }), (at) => {
        expect(parseEpoch(String(at / 1_000), "epoch-seconds")).toBe(at);
        expect(parseEpoch(String(at), "epoch-milliseconds")).toBe(at);
      }),
    );
  });

  it.each(["", " ", "1e9", "0x10", "12:00", "1704187800000.5"])("are not %j", (text) => {
    expect(parseEpoch(text, "epoch-milliseconds")).toBeNaN();
  });
});
