export { type DiskFault, drawDiskFault, ProcessKilled, SimDisk } from "./disk/index.ts";
export { SimGateway } from "./gateway.ts";
export type { GatewayOptions, HistoryFault } from "./gateway-options.ts";
export { type GenerateOptions, generateBars } from "./generate.ts";
export { Random } from "./random.ts";
export {
  type CommissionModel,
  fixedCommission,
  noCommission,
  noSlippage,
  perUnitCommission,
  SimBroker,
  type SimBrokerOptions,
  type SlippageModel,
  shareOfSlippage,
  shareOfValueCommission,
  ticksOfSlippage,
} from "./sim-broker.ts";
export { Truth, type TruthRevision } from "./truth.ts";
