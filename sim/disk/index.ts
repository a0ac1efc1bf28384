export { type DiskFault, drawDiskFault, ProcessKilled } from "./disk-fault.ts";
export { SimDisk } from "./sim-disk.ts";
