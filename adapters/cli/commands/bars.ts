import type { Command } from "commander";
import { addExport } from "../store/export.ts";
import { addFetch } from "../store/fetch.ts";
import { addImport } from "../store/import.ts";
import { addLs } from "../store/ls.ts";
import { addRepair } from "../store/repair.ts";
import { addRm } from "../store/rm.ts";
import { addShow } from "../store/show.ts";
import { addVerify } from "../store/verify.ts";

/** `barline bars ...`: what there is in a store of bars. */
export function addBars(program: Command): void {
  const bars = program
    .command("bars")
    .description("keep bars in a store on disk: put them in, look at them, take them out");
  addImport(bars);
  addFetch(bars);
  addExport(bars);
  addLs(bars);
  addShow(bars);
  addVerify(bars);
  addRepair(bars);
  addRm(bars);
}
