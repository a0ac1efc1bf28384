import { beforeEach, describe, expect, it } from "vitest";
import type { BarBatch } from "../../../../core/feed/bar-source.ts";
import { ReleaseBuffer } from "../../../../core/feed/seam/release-buffer.ts";
import { bar, open, SERIES } from "./seam-fixture.ts";

let sent: BarBatch[] = [];
let buffer: ReleaseBuffer;

beforeEach(() => {
  sent = [];
  buffer = new ReleaseBuffer(SERIES, (batch) => sent.push(batch));
});

// Goal: bars leave in the order they were added, in batches of one origin that nobody touches
// later.
describe("ReleaseBuffer", () => {
  it("sends nothing when there is nothing", () => {
    buffer.flush();
    expect(sent).toEqual([]);
    expect(buffer.anyReleased).toBe(false);
  });

  it("sends bars of one origin together and of two apart", () => {
    buffer.add(bar(0), "backfill");
    buffer.add(bar(1), "backfill");
    buffer.add(bar(2), "live");
    expect(sent).toHaveLength(1);
    buffer.flush();
    buffer.add(bar(3), "live");
    buffer.flush();
    expect(
      sent.map(({ origin, bars }) => [origin, ...[...bars].map((each) => each.openTime)]),
    ).toEqual([
      ["backfill", open(0), open(1)],
      ["live", open(2)],
      ["live", open(3)],
    ]);
    expect(
      sent.every(
        ({ finality, version, series }) =>
          finality === "final" && version === 1 && series === SERIES,
      ),
    ).toBe(true);
    expect(buffer.anyReleased).toBe(true);
  });

  it("certifies once, over every bar added until then", () => {
    buffer.add(bar(0), "backfill");
    buffer.add(bar(1), "live");
    const certificate = buffer.takeCertificate();
    expect([certificate?.count, certificate?.first, certificate?.last]).toEqual([
      2,
      open(0),
      open(1),
    ]);
    buffer.add(bar(2), "live");
    expect(buffer.takeCertificate()).toBeUndefined();
  });

  it("has nothing to certify when no bar came before the hand-off", () => {
    expect(buffer.takeCertificate()).toBeUndefined();
    buffer.add(bar(0), "live");
    expect(buffer.takeCertificate()).toBeUndefined();
  });
});
