import type { Command } from "commander";
import { withGatewayOptions } from "../ib/ib-options.ts";
import { examples } from "../terminal/option-values.ts";
import { withDownloadOptions } from "./download-options.ts";
import { withStore } from "./open-store.ts";

/** `barline bars repair`: what is wrong in a store, fetched again from Interactive Brokers. */
export function addRepair(bars: Command): void {
  const command = withStore(
    bars
      .command("repair")
      .description(
        "find what is missing, lost, damaged or faulty in a store, and fetch it again from " +
          "Interactive Brokers; what cannot be had is noted as lost, with the reason",
      )
      .argument("[series]", "its key as ls prints it, or a part that no other has (default: all)"),
  ).option("--dry-run", "say what is wrong, and change nothing; needs no gateway");
  withGatewayOptions(command);
  withDownloadOptions(command, "result").addHelpText(
    "after",
    examples(
      "barline bars repair --store bars --dry-run",
      'barline bars repair "SPY.ARCA 15m trades regular" --store bars --ib 127.0.0.1:4002',
    ),
  );
  command.action(async (text: string | undefined) => {
    // What talks to a gateway takes its time to load, and nothing else needs it.
    const { repairStore } = await import("./repair-run.ts");
    await repairStore(text, command);
  });
}
