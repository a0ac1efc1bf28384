import { bollinger } from "../../../core/indicators/bollinger.ts";
import { donchian } from "../../../core/indicators/donchian.ts";
import { rateOfChange } from "../../../core/indicators/roc.ts";
import { sma } from "../../../core/indicators/sma.ts";
import { standardDeviation } from "../../../core/indicators/standard-deviation.ts";
import { wma } from "../../../core/indicators/wma.ts";
import {
  describeBarIndicator,
  describePriceIndicator,
} from "../../contracts/indicator-contract.ts";
import { bandsOf, changeOf, channelOf, deviationOf, meanOf, weightedMeanOf } from "./textbook.ts";

// Goal: every indicator of a window keeps the contract and is the same bits whatever the cut.

const exact = {};

for (const length of [1, 2, 7, 40, 260]) {
  describePriceIndicator(`SMA(${length})`, {
    create: () => sma(length),
    reference: (prices) => [meanOf(prices.slice(-length))],
    referenceTolerance: 1e-13,
    start: exact,
  });
}
for (const length of [1, 2, 7, 40]) {
  describePriceIndicator(`WMA(${length})`, {
    create: () => wma(length),
    reference: (prices) => [weightedMeanOf(prices.slice(-length))],
    referenceTolerance: 1e-13,
    start: exact,
  });
}
for (const length of [1, 2, 5, 20]) {
  describePriceIndicator(`STDDEV(${length})`, {
    create: () => standardDeviation(length),
    reference: (prices) => [deviationOf(prices.slice(-length), length)],
    referenceTolerance: 1e-10,
    start: exact,
  });
}
describePriceIndicator("STDDEV(7,sample)", {
  create: () => standardDeviation(7, "sample"),
  reference: (prices) => [deviationOf(prices.slice(-7), 6)],
  referenceTolerance: 1e-10,
  start: exact,
});
describePriceIndicator("BOLLINGER(20,2)", {
  create: () => bollinger(),
  reference: (prices) => bandsOf(prices.slice(-20), 2),
  referenceTolerance: 1e-12,
  start: exact,
});
for (const length of [1, 10]) {
  describePriceIndicator(`ROC(${length})`, {
    create: () => rateOfChange(length),
    reference: (prices) => [changeOf(prices, length)],
    referenceTolerance: 1e-11,
    start: exact,
  });
}
for (const length of [1, 2, 5, 20]) {
  describeBarIndicator(`DONCHIAN(${length})`, {
    create: () => donchian(length),
    reference: (bars) => channelOf(bars.slice(-length)),
    referenceTolerance: 0,
    start: exact,
  });
}
