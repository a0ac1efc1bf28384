import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader } from "../../../sim/tws/frames.ts";
import { Handshake, negotiate, type VersionRange } from "../../../sim/tws/handshake.ts";
import { greeting } from "./wire-client.ts";

// Goal: every way in which clients begin is understood, any other beginning is refused, and the
// version agreed on is the highest that both speak.

function begin(bytes: Buffer): VersionRange | undefined {
  const reader = new FrameReader();
  const handshake = new Handshake();
  let range: VersionRange | undefined;
  for (const byte of bytes) {
    expect(range).toBeUndefined();
    reader.push(Buffer.from([byte]));
    range = handshake.read(reader);
  }
  return range;
}

describe("Handshake", () => {
  it.each([
    ["v100..193", 100, 193],
    ["v157..178 +PACEAPI", 157, 178],
    ["v100", 100, 100],
    ["v100..178 ", 100, 178],
  ])("reads %s", (text, lowest, highest) => {
    expect(begin(greeting(text))).toEqual({ lowest, highest });
  });

  it.each(["", "100..178", "v178..100", "v100..", "v100..178+PACEAPI", "v100..1e3"])(
    "refuses versions written %j",
    (text) => {
      expect(() => begin(greeting(text))).toThrow(text === "" ? "0 bytes" : "names no versions");
    },
  );

  it("refuses clients from before the length prefix, and whatever else connects", () => {
    expect(() => begin(Buffer.from("63\x001\0"))).toThrow("it does not begin with API");
    expect(() => begin(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow("it does not begin with API");
    expect(() => begin(Buffer.from("API\0GET / HTTP/1.1"))).toThrow("a frame of 1195725856 bytes");
  });
});

describe("negotiate", () => {
  it("takes the highest version that both speak, from 100 to 193", () => {
    const version = fc.integer({ min: 50, max: 250 });
    fc.assert(
      fc.property(version, version, version, (own, one, other) => {
        const [lowest, highest] = [Math.min(one, other), Math.max(one, other)];
        let common: number | undefined;
        for (let each = 100; each <= 193; each += 1) {
          if (each <= own && each >= lowest && each <= highest) common = each;
        }
        expect(negotiate(own, { lowest, highest })).toBe(common);
      }),
    );
  });
});
