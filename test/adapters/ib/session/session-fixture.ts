import type { IbEvent } from "../../../../adapters/ib/port/ib-event.ts";
import type {
  IbAnswer,
  IbFault,
  IbQuestion,
  LinkEvent,
} from "../../../../adapters/ib/session/ib-link.ts";
import { IbSession } from "../../../../adapters/ib/session/ib-session.ts";
import type { SessionClock } from "../../../../adapters/ib/session/session-clock.ts";
import type { GivenSessionOptions } from "../../../../adapters/ib/session/session-options.ts";
import { VirtualTime } from "../../../../core/time/virtual-time.ts";
import { ScriptedIbClient } from "../../../support/scripted-ib-client.ts";
import { contractOf } from "../pacing/pacing-fixture.ts";

export const START = 1_700_000_000_400;

/** Notes down everything one question hears. */
export class HeardAnswer implements IbAnswer {
  readonly events: IbEvent[] = [];
  readonly faults: IbFault[] = [];

  event(event: IbEvent): void {
    this.events.push(event);
  }

  failed(fault: IbFault): void {
    this.faults.push(fault);
  }
}

/** A session with its gateway, in virtual time. */
export function link(
  options: Partial<GivenSessionOptions> = {},
  clockOf: (time: VirtualTime) => SessionClock = (time) => time,
) {
  const time = new VirtualTime(START);
  const gateway = new ScriptedIbClient(time);
  const session = new IbSession(gateway, clockOf(time), { random: () => 0.5, ...options });
  const heard: LinkEvent[] = [];
  session.watch((event) => heard.push(event));
  return {
    time,
    gateway,
    session,
    heard,
    pass: (ms: number) => time.advanceTo(time.now() + ms),
    kinds: () => heard.map(({ kind }) => kind),
    ask: (question: IbQuestion) => {
      const answer = new HeardAnswer();
      return { answer, asked: session.ask(question, answer) };
    },
  };
}

/** The same, connected and up. */
export function upLink(options: Partial<GivenSessionOptions> = {}) {
  const world = link(options);
  world.session.start();
  world.pass(1_500);
  return world;
}

export const BAR = {
  time: "1700000000",
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
  average: 1,
  count: 1,
};

export const PAGE: Extract<IbQuestion, { kind: "history" }> = {
  kind: "history",
  contract: contractOf(1),
  end: "20231114-00:00:00",
  duration: "1 D",
  barSize: "15 mins",
  whatToShow: "TRADES",
  useRegularHours: true,
  formatDate: 2,
  keepUpToDate: false,
};
export const STREAM: typeof PAGE = { ...PAGE, end: "", keepUpToDate: true };
export const REAL_TIME: IbQuestion = {
  kind: "real-time-bars",
  contract: contractOf(1),
  whatToShow: "TRADES",
  useRegularHours: true,
};
export const DETAILS: IbQuestion = { kind: "contract-details", contract: contractOf(1) };
export const SCHEDULE: IbQuestion = {
  kind: "schedule",
  contract: contractOf(1),
  end: "",
  duration: "5 D",
  useRegularHours: true,
};
export const HEAD: IbQuestion = {
  kind: "head-timestamp",
  contract: contractOf(1),
  whatToShow: "TRADES",
  useRegularHours: true,
  formatDate: 2,
};
