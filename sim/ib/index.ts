export { gatewayFaultHelp, parseGatewayFaults } from "./fault-text.ts";
export type { HistoryFault, IbGatewayFault } from "./gateway-fault.ts";
export { IbGateway } from "./ib-gateway.ts";
export type { IbGatewayOptions, IbTalk, NightlyRestart } from "./ib-gateway-options.ts";
export type { IbMarket } from "./ib-market.ts";
