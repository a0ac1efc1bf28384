import type { Series } from "../../../core/market/series.ts";
import { ibBarSize, whatToShow } from "../port/bar-sizes.ts";
import type { IbContract } from "../port/ib-contract.ts";
import type { IbQuestion } from "../session/ib-link.ts";
import type { Page } from "./page-plan.ts";

/** How a page of bars is asked for. */
export function historyQuestion(
  contract: IbContract,
  { size, priceType, scope }: Series,
  { end, duration }: Page,
): IbQuestion {
  return {
    kind: "history",
    contract,
    end,
    duration,
    barSize: ibBarSize(size),
    whatToShow: whatToShow(priceType),
    useRegularHours: scope === "regular",
    formatDate: 2,
    keepUpToDate: false,
  };
}

/** How it is asked when history begins. Adjusted prices begin with the trades they come from. */
export function beginningQuestion(contract: IbContract, { priceType, scope }: Series): IbQuestion {
  return {
    kind: "head-timestamp",
    contract,
    whatToShow: whatToShow(priceType === "adjusted" ? "trades" : priceType),
    useRegularHours: scope === "regular",
    formatDate: 2,
  };
}
