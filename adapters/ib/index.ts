// The door to Interactive Brokers: what is not here is not promised.
export type { ContractRequest } from "./contracts/contract-request.ts";
export type { ReportedCalendar } from "./contracts/reported-calendar.ts";
export type { Pending, ResolveOptions } from "./contracts/resolve-contract.ts";
export type { HistoryOptions } from "./history/history-options.ts";
export {
  IbHistoricalSource,
  type IbHistoricalSourceOptions,
} from "./history/ib-historical-source.ts";
export { type IbFeed, type IbFeedRequest, type IbFeedResult, openIbFeed } from "./ib-feed.ts";
export type { IbFeedSettings } from "./ib-feed-settings.ts";
export { IbLiveSource, type IbLiveSourceOptions } from "./live/ib-live-source.ts";
export type { LiveMode, LiveOptions } from "./live/live-options.ts";
export { type PlannedRequest, planRequests, type RequestPlan } from "./pacing/plan.ts";
export type { IbClient, IbConnection } from "./port/ib-client.ts";
export { type IbContract, type IbContractDetails, ibContract } from "./port/ib-contract.ts";
export type { IbBar, IbEvent, IbSession as IbSessionHours } from "./port/ib-event.ts";
export type { IbRequest } from "./port/ib-request.ts";
export type {
  IbAnswer,
  IbAsked,
  IbFault,
  IbLink,
  IbQuestion,
  LinkEvent,
  LinkState,
} from "./session/ib-link.ts";
export { IbSession } from "./session/ib-session.ts";
export type { GivenSessionOptions, IbSessionOptions } from "./session/session-options.ts";
export { loadStoqey, stoqeyClient } from "./stoqey/index.ts";
export type { StoqeyOptions } from "./stoqey/stoqey-options.ts";
export { planWarmUp, type WarmUpPlan } from "./warm-up-plan.ts";
