import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeedWord, sayTo, sinkOfWords } from "../../../core/feed/feed-word.ts";
import { words } from "./words/some-words.ts";

// Goal: calls of a sink become words and calls again, each the one that it was, and in their order.
describe("words of a feed", () => {
  it("are what was said", () => {
    fc.assert(
      fc.property(fc.array(words), (said) => {
        const heard: FeedWord[] = [];
        const sink = sinkOfWords((word) => heard.push(word));
        for (const word of said) sayTo(sink, word);
        expect(heard).toEqual(said);
      }),
    );
  });

  it("reach the call that they are of", () => {
    const calls: string[] = [];
    const sink = {
      bars: () => calls.push("bars"),
      coverage: () => calls.push("coverage"),
      event: () => calls.push("event"),
      end: () => calls.push("end"),
    };
    fc.assert(
      fc.property(words, (word) => {
        calls.length = 0;
        sayTo(sink, word);
        expect(calls).toEqual([word.kind]);
      }),
    );
  });
});
