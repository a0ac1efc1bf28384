import { expect, test } from "vitest";
import { isDecision, isInput, type JournalRecord } from "../../../core/journal/journal-record.ts";

// Goal: of every kind of record it is known whether the run took it in or decided it: what is taken
// for a decision is never played again, and an input that is not is lost.

type Kind = JournalRecord["kind"];
const ofKind = (kind: Kind) => ({ kind }) as JournalRecord;

test.each<Kind>(["begin", "calendar", "word", "filled", "refused", "stop"])(
  "%s came into the run",
  (kind) => {
    expect([isInput(ofKind(kind)), isDecision(ofKind(kind))]).toEqual([true, false]);
  },
);

test.each<Kind>(["state", "signal", "order", "fill"])("%s was decided by the run", (kind) => {
  expect([isInput(ofKind(kind)), isDecision(ofKind(kind))]).toEqual([false, true]);
});

test.each<Kind>(["opened", "heard", "due"])("%s is neither", (kind) => {
  expect([isInput(ofKind(kind)), isDecision(ofKind(kind))]).toEqual([false, false]);
});
