import type { Parameters, Strategy } from "../../../core/trading/strategy.ts";
import type { LiveConfig } from "../ib/live-schema.ts";
import { parseParameters } from "./load-strategy.ts";

/** The strategy's parameters: those of the configuration, and over them those of `--param`. */
export function configuredParameters(
  strategy: Strategy,
  { run }: LiveConfig,
  settings: readonly string[],
): Parameters {
  const given = Object.entries(run?.param ?? {}).map(([name, value]) => `${name}=${value}`);
  const where = (setting: string): string => `run.param of the configuration, ${setting}`;
  return {
    ...parseParameters(strategy, given, where),
    ...parseParameters(strategy, settings),
  };
}
