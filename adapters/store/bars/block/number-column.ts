import type { ByteReader } from "../../../../core/codec/byte-reader.ts";
import type { ByteWriter } from "../../../../core/codec/byte-writer.ts";
import { BarlineError } from "../../../../core/time/failure.ts";

/** A column is led by how many bytes a number of it has, or by one of these. */
const RAW = 8;
const RUNS = 9;
/** Numbers of more bytes than this are held as they are. */
const WIDEST = 6;
/** From this width on the steps between the numbers are looked at: one byte is short enough. */
const WIDTH_WITH_UNIT = 2;

/** Numbers as `base + unit * whole`, each whole number in `width` bytes. */
interface Frame {
  readonly base: number;
  readonly unit: number;
  readonly width: number;
}

/**
 * Writes a column of numbers so that `readNumbers` gives back every bit of it. Whole numbers are
 * held as what they are above the smallest one, in as many bytes as the largest needs, the lowest
 * bytes of all first and then the next ones: no byte order and no alignment to mind. Any other
 * column is held as it is.
 *
 * @param mayRepeat whether to look for runs of one number too, and to hold them if that is shorter.
 */
export function writeNumbers(writer: ByteWriter, values: Float64Array, mayRepeat = false): void {
  const frame = frameOf(values);
  if (frame === undefined) {
    writer.uint8(RAW).float64s(values);
    return;
  }
  if (mayRepeat && frame.width > 0) {
    const runs = runsOf(values, Math.floor((frame.width * values.length) / (frame.width + 2)));
    if (runs !== undefined) {
      writer.uint8(RUNS).uint32(runs.values.length);
      writeNumbers(writer, runs.values);
      writeNumbers(writer, runs.counts);
      return;
    }
  }
  writePlanes(writer, values, frame);
}

/** Reads so many numbers of a column into a place. Throws `damaged-bytes` if it is none. */
export function readNumbers(
  reader: ByteReader,
  target: Float64Array,
  at: number,
  count: number,
): void {
  const form = reader.uint8();
  if (form === RAW) {
    const values = reader.float64s();
    if (values.length !== count) refuse(`${values.length} numbers where ${count} should be`);
    target.set(values, at);
  } else if (form === RUNS) {
    readRuns(reader, target, at, count);
  } else if (form <= WIDEST) {
    readPlanes(reader, target, at, count, form);
  } else {
    refuse(`a column of the form ${form}`);
  }
}

/** How the numbers can be held as whole ones; undefined where they cannot. */
function frameOf(values: Float64Array): Frame | undefined {
  let base = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value !== Math.floor(value) || (value === 0 && 1 / value < 0)) return undefined;
    if (value < base) base = value;
    if (value > top) top = value;
  }
  if (values.length === 0) return { base: 0, unit: 1, width: 0 };
  const areExact = [base, top, top - base].every(Number.isSafeInteger);
  if (!areExact) return undefined;
  const width = widthOf(top - base);
  if (width < WIDTH_WITH_UNIT) return { base, unit: 1, width };
  const unit = unitOf(values, base);
  const narrower = widthOf((top - base) / unit);
  if (narrower > WIDEST) return undefined;
  return narrower < width ? { base, unit, width: narrower } : { base, unit: 1, width };
}

function widthOf(largest: number): number {
  let width = 0;
  for (let left = largest; left >= 1; left = Math.floor(left / 256)) width += 1;
  return width;
}

/** The greatest number that divides every difference from the base. */
function unitOf(values: Float64Array, base: number): number {
  let unit = 0;
  for (let index = 0; index < values.length && unit !== 1; index += 1) {
    let rest = values[index]! - base;
    while (rest !== 0) {
      const next = unit % rest;
      unit = rest;
      rest = next;
    }
  }
  return unit;
}

function writePlanes(writer: ByteWriter, values: Float64Array, frame: Frame): void {
  const { base, unit, width } = frame;
  const count = values.length;
  const planes = new Uint8Array(width * count);
  for (let index = 0; index < count && width > 0; index += 1) {
    const whole = (values[index]! - base) / unit;
    const low = whole >>> 0;
    for (let plane = 0, at = index; plane < width && plane < 4; plane += 1, at += count) {
      planes[at] = low >>> (8 * plane);
    }
    if (width <= 4) continue;
    const high = (whole - low) / 2 ** 32;
    for (let plane = 4, at = index + 4 * count; plane < width; plane += 1, at += count) {
      planes[at] = high >>> (8 * (plane - 4));
    }
  }
  writer.uint8(width).float64(base).float64(unit).raw(planes);
}

function readPlanes(
  reader: ByteReader,
  target: Float64Array,
  at: number,
  count: number,
  width: number,
): void {
  const base = reader.float64();
  const unit = reader.float64();
  const planes = reader.raw(width * count);
  const second = count;
  const third = 2 * count;
  if (width === 0) {
    target.fill(base, at, at + count);
  } else if (width === 1) {
    for (let index = 0; index < count; index += 1) {
      target[at + index] = base + unit * planes[index]!;
    }
  } else if (width === 2) {
    for (let index = 0; index < count; index += 1) {
      target[at + index] = base + unit * (planes[index]! | (planes[second + index]! << 8));
    }
  } else if (width === 3) {
    for (let index = 0; index < count; index += 1) {
      const low = planes[index]! | (planes[second + index]! << 8);
      target[at + index] = base + unit * (low | (planes[third + index]! << 16));
    }
  } else {
    for (let index = 0; index < count; index += 1) {
      let whole = 0;
      for (let plane = (width - 1) * count + index; plane >= 0; plane -= count) {
        whole = whole * 256 + planes[plane]!;
      }
      target[at + index] = base + unit * whole;
    }
  }
}

interface Runs {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** The runs of equal numbers; undefined where there are more than so many. */
function runsOf(values: Float64Array, most: number): Runs | undefined {
  const starts: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0 && values[index] === values[index - 1]) continue;
    if (starts.length === most) return undefined;
    starts.push(index);
  }
  return {
    values: Float64Array.from(starts, (start) => values[start]!),
    counts: Float64Array.from(starts, (start, run) => (starts[run + 1] ?? values.length) - start),
  };
}

function readRuns(reader: ByteReader, target: Float64Array, at: number, count: number): void {
  const runs = reader.uint32();
  // Each run has a number at least: what claims more is no column, and nothing is made room for.
  if (runs > count) refuse(`${runs} runs in ${count} numbers`);
  const values = new Float64Array(runs);
  const counts = new Float64Array(runs);
  readNumbers(reader, values, 0, runs);
  readNumbers(reader, counts, 0, runs);
  let done = 0;
  for (let run = 0; run < runs; run += 1) {
    const to = done + counts[run]!;
    if (!(to > done && to <= count)) refuse("a run that is longer than its column");
    target.fill(values[run]!, at + done, at + to);
    done = to;
  }
  if (done !== count) refuse(`${done} numbers where ${count} should be`);
}

/** Throws: bytes whose checksum holds and that still are no column. */
export function refuse(what: string): never {
  throw new BarlineError("damaged-bytes", `these bytes are not what was written: ${what}`);
}
