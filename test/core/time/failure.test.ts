// Goal: a message says where, what and what to do, in that order, and leaves out what is not known.
import { expect, test } from "vitest";
import { assert, BarlineError, fail, InvariantError } from "../../../core/time/failure.ts";

test("an error of the world carries its code, place, cure and cause", () => {
  const cause = new Error("disk");
  const details = { where: "bars.csv, line 3", cure: "sort the file", cause };
  const error = new BarlineError("unsorted", "times go back", details);
  expect(error.message).toBe("bars.csv, line 3: times go back; sort the file");
  expect(error).toMatchObject({ name: "BarlineError", code: "unsorted", ...details });
});

test("an error without details is its problem alone", () => {
  const error = new BarlineError("unsorted", "times go back");
  expect(error.message).toBe("times go back");
  expect(error.where).toBeUndefined();
  expect(error.cure).toBeUndefined();
  expect("cause" in error).toBe(false);
  expect(() => fail("unsorted", "times go back")).toThrow(BarlineError);
});

test("a broken invariant names itself and is another kind of error", () => {
  expect(() => assert(true, "all is well")).not.toThrow();
  expect(() => assert(false, "sums agree")).toThrow(InvariantError);
  expect(() => assert(false, "sums agree")).toThrow("invariant broken: sums agree");
});
