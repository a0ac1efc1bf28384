export { FAULTS } from "./faults.ts";
export { KINDS, PROBES } from "./probes.ts";
export { runSeed } from "./run-seed.ts";
export { problemText, TextDigest } from "./run-text.ts";
export { shrunk } from "./shrink.ts";
export { PHASES, type Phase } from "./stage.ts";
export { knobLines, timeline } from "./timeline.ts";
