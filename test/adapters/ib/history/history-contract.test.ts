// Goal: the history of a gateway keeps the contract of every finite source.
import { IbHistoricalSource } from "../../../../adapters/ib/history/ib-historical-source.ts";
import { ibContract } from "../../../../adapters/ib/port/ib-contract.ts";
import { BarGrid } from "../../../../core/time/bar-grid.ts";
import { calendarByName } from "../../../../core/time/calendars/catalog.ts";
import { instant } from "../../../../core/time/instant.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { CONTRACT_SERIES, testBarSourceContract } from "../../../contracts/bar-source-contract.ts";
import { ScriptedIbLink } from "../../../support/scripted-ib-link.ts";
import { HistoryGateway } from "./history-gateway.ts";

const time = new VirtualTime(instant("2024-01-03T00:00:00Z"));
const grid = new BarGrid(calendarByName("24/7"), CONTRACT_SERIES.size);

const sourceOn = (link: ScriptedIbLink): IbHistoricalSource => {
  const contract = ibContract({ conId: 1, secType: "STK" });
  return new IbHistoricalSource({
    link,
    contract,
    grid: () => grid,
    options: { settleMs: 0, freshMs: 0 },
  });
};

testBarSourceContract({
  name: "IbHistoricalSource",
  open: (bars) => {
    const link = new ScriptedIbLink(time);
    const gateway = new HistoryGateway(grid, bars);
    link.script = (asked) => gateway.reply(asked, time.now());
    // The contract asks for ascending bars: they fit into one page, and only pages go backwards.
    return sourceOn(link);
  },
  // Without a single bar nobody can say when history begins, and that it is empty takes a while.
  run: () => void time.advanceTo(time.now() + 90_000),
  canPause: false,
  failing: () => {
    const link = new ScriptedIbLink(time);
    link.script = (asked) => {
      asked.fail({ code: "no-permission", message: "no market data permission", retry: "never" });
    };
    return sourceOn(link);
  },
});
