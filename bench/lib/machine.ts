import { cpus } from "node:os";

/** What a figure was measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
