import type { Command } from "commander";
import { countedText, countText } from "../../kept/count-text.ts";
import { examples } from "../terminal/option-values.ts";
import { FAILED } from "../terminal/report.ts";
import { Talk } from "../terminal/talk.ts";
import { type StoreFlags, withStore } from "./open-store.ts";
import { type Verified, type VerifyProgress, verifyStore } from "./verify-store.ts";

interface VerifyFlags extends StoreFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `barline bars verify [SERIES]`. */
export function addVerify(bars: Command): void {
  const command = bars
    .command("verify")
    .description("look at every bit of a store, or of one series; exit code 1 for damage")
    .argument("[series]", "its key as ls prints it, or a part that no other has (default: all)");
  withStore(command)
    .option("--json", "print one JSON object a line for each series, and nothing else")
    .option("--quiet", "say nothing on standard error but errors")
    .addHelpText(
      "after",
      examples("barline bars verify --store data", "barline bars verify IF.CFFEX --store data"),
    )
    .action(verify);
}

async function verify(text: string | undefined, flags: VerifyFlags): Promise<void> {
  const talk = new Talk(flags.quiet === true || flags.json === true);
  let verified: readonly Verified[];
  try {
    verified = await verifyStore(flags.store, text, (progress) => draw(progress, talk));
  } finally {
    talk.clearLine();
  }
  for (const each of verified) {
    process.stdout.write(`${flags.json ? JSON.stringify(each) : textOf(each)}\n`);
  }
  const faults = verified.reduce((sum, { findings }) => sum + findings.length, 0);
  if (faults === 0) return;
  talk.say(`${countedText(faults, "finding")}; barline bars repair can put most of it right`);
  process.exitCode = FAILED;
}

function textOf({ what, findings }: Verified): string {
  if (findings.length === 0) return `${what}: sound`;
  const lines = findings.map(({ kind, problem }) => `  ${kind}: ${problem}`);
  return [`${what}: ${countedText(findings.length, "finding")}`, ...lines].join("\n");
}

const SIGNS = 30;

function draw({ what, done, of }: VerifyProgress, talk: Talk): void {
  const full = Math.round((done / Math.max(1, of)) * SIGNS);
  const bar = "█".repeat(full) + "░".repeat(SIGNS - full);
  talk.replaceLine(`  ${what} ${bar} ${countText(done)} of ${countText(of)}`);
}
