export { EvenClock } from "./even-clock.ts";
export type { MachineTime } from "./machine-time.ts";
export { ScaledClock, type ScaledClockOptions } from "./scaled-clock.ts";
export { SystemClock } from "./system-clock.ts";
export { systemZone } from "./zone.ts";
