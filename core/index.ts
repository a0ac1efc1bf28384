export { type BarSize, barSize, barSizeOfMs } from "./time/bar-size.ts";
