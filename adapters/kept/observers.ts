import type { RunObserver } from "../../core/journal/run-observer.ts";

/** Several observers as one, told in their order; undefined when there is none. */
export function observers(...all: readonly (RunObserver | undefined)[]): RunObserver | undefined {
  const each = all.filter((observer) => observer !== undefined);
  if (each.length <= 1) return each[0];
  return relay((word) => {
    for (const observer of each) word(observer);
  });
}

/** An observer that hears of things only while something is so. */
export function whenever(isSo: () => boolean, observer: RunObserver): RunObserver {
  return relay((word) => {
    if (isSo()) word(observer);
  });
}

/** An observer that passes everything on as a word to be said. */
function relay(tell: (word: (observer: RunObserver) => void) => void): RunObserver {
  return {
    run: (description) => tell((to) => to.run(description)),
    bar: (...details) => tell((to) => to.bar(...details)),
    indicator: (...details) => tell((to) => to.indicator(...details)),
    state: (change) => tell((to) => to.state(change)),
    signal: (...details) => tell((to) => to.signal(...details)),
    order: (event) => tell((to) => to.order(event)),
    fill: (fill) => tell((to) => to.fill(fill)),
    feed: (event) => tell((to) => to.feed(event)),
  };
}

/** Hears everything and does nothing: the rest of an observer of only some things. */
export const DEAF_OBSERVER: RunObserver = {
  run: () => {},
  bar: () => {},
  indicator: () => {},
  state: () => {},
  signal: () => {},
  order: () => {},
  fill: () => {},
  feed: () => {},
};
