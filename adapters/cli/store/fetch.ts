import type { Command } from "commander";
import { withGatewayOptions, withSeriesOptions } from "../ib/ib-options.ts";
import { examples, instantOption } from "../terminal/option-values.ts";
import { withDownloadOptions } from "./download-options.ts";
import { withStore } from "./open-store.ts";

/** `barline bars fetch`: history of Interactive Brokers into a store. */
export function addFetch(bars: Command): void {
  const command = withStore(
    bars
      .command("fetch")
      .description(
        "download history from Interactive Brokers into a store, page by page: what the store " +
          "covers is not asked for again, and what was interrupted goes on where it was",
      ),
  )
    .requiredOption(
      "--from <instant>",
      "only bars that open at or after it; ISO 8601 with an offset",
      instantOption,
    )
    .option(
      "--to <instant>",
      "only bars that open before it (default: the present)",
      instantOption,
    );
  withGatewayOptions(command);
  withSeriesOptions(command);
  withDownloadOptions(command, "summary").addHelpText(
    "after",
    examples(
      "barline bars fetch --store bars --ib 127.0.0.1:4002 --symbol SPY --size 15m " +
        "--from 2023-01-01T00:00:00Z",
    ),
  );
  command.action(async () => {
    // What talks to a gateway takes its time to load, and nothing else needs it.
    const { fetchHistory } = await import("./fetch-run.ts");
    await fetchHistory(command);
  });
}
