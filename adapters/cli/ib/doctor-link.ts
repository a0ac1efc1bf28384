import { SECOND_MS } from "../../../core/time/instant.ts";
import type { IbEvent } from "../../ib/port/ib-event.ts";
import type { Skew } from "../../ib/session/clock-skew.ts";
import { noticeMeaning, noticeMessage } from "../../ib/session/notice-meaning.ts";
import { durationText } from "../../system/duration.ts";
import type { Finding } from "./findings.ts";
import type { GatewaySession } from "./gateway-session.ts";
import { connectionCure } from "./gateway-teller.ts";
import { maskedAccount } from "./masked.ts";
import type { IbTap } from "./tapped-client.ts";

/** Longer than any deadline of the connection. */
const PATIENCE_MS = 30_000;
/** A clock that is further off has nothing to do with ours: a simulated market's. */
const OTHER_TIME_MS = 86_400_000;
/** How long more answers about the clock are waited for, so that it is known better. */
const CLOCK_MS = 1_200;

/** Remembers what a gateway said before it let nobody in. */
export class FirstWords {
  #text = "";

  readonly tap: IbTap = {
    connecting: () => {},
    sent: () => {},
    heard: (event: IbEvent) => {
      if (event.kind !== "notice") return;
      const meaning = noticeMeaning(event.code, event.message);
      const { action } = meaning;
      const isRefusal = ["stop", "change-client-id", "reconnect"].includes(action.do);
      if (isRefusal) this.#text = noticeMessage(meaning, event.message);
    },
  };

  /** The refusal with its cure; empty where there was none. */
  get text(): string {
    return this.#text;
  }
}

/** Connects; fails at the first refusal, because somebody waits for the answer. */
export function gatewayFinding(gateway: GatewaySession, words: FirstWords): Promise<Finding> {
  const { session, machine, place } = gateway;
  return new Promise((resolve) => {
    const done = (finding: Omit<Finding, "check">): void => {
      timer.cancel();
      unwatch();
      resolve({ check: "gateway", ...finding });
    };
    const refused = (reason: string): void => {
      const isSaid = words.text !== "";
      const text = isSaid ? words.text : reason;
      done({ verdict: "wrong", text, ...(isSaid ? {} : { cure: connectionCure(gateway) }) });
    };
    const timer = machine.schedule(machine.now() + PATIENCE_MS, () => refused(session.reason));
    const unwatch = session.watch((event) => {
      if (event.kind === "up") {
        const { serverVersion, clientId } = session;
        const text = `${place} let us in: server version ${serverVersion}, client id ${clientId}`;
        done({ verdict: "fine", text, details: { serverVersion, clientId } });
      } else if (event.kind === "down") refused(withoutRetry(event.reason));
      else if (event.kind === "stopped") refused(event.fault.message);
    });
    session.start();
  });
}

/** Nobody waits for the next attempt. */
function withoutRetry(reason: string): string {
  return reason.replace(/; the next attempt follows.*$/, "");
}

/** Which accounts the gateway is logged in to. */
export function accountsFinding({ session }: GatewaySession): Finding {
  const accounts = session.accounts.filter((account) => account !== "").map(maskedAccount);
  const check = "accounts";
  if (accounts.length > 0) {
    return { check, verdict: "fine", text: accounts.join(", "), details: { accounts } };
  }
  const text = "the gateway names none; a dry run needs none";
  return { check, verdict: "unknown", text, details: { accounts } };
}

/** How far the gateway's clock is from ours. */
export async function clockFinding(gateway: GatewaySession, speed: number): Promise<Finding> {
  const { session, machine } = gateway;
  await new Promise<void>((resolve) => {
    machine.schedule(machine.now() + CLOCK_MS, resolve);
  });
  const { skew } = session;
  const check = "clock";
  if (skew === undefined) {
    const text = "the gateway does not tell its time; ours is taken for it";
    const cure = "set this computer's clock by a time server";
    return { check, verdict: "unknown", text, cure };
  }
  const { offsetMs, uncertaintyMs } = skew;
  const isOff = Math.abs(offsetMs) > 2 * SECOND_MS && isOurTime(skew, speed);
  return {
    check,
    verdict: "fine",
    text: skewText(skew, speed),
    details: { skewMs: offsetMs, uncertaintyMs },
    ...(isOff ? { cure: "bars are timed by its clock; set both clocks by a time server" } : {}),
  };
}

function isOurTime({ offsetMs }: Skew, speed: number): boolean {
  return speed === 1 && Math.abs(offsetMs) < OTHER_TIME_MS;
}

function skewText(skew: Skew, speed: number): string {
  const { offsetMs, uncertaintyMs } = skew;
  const off = durationText(Math.abs(offsetMs));
  const way = offsetMs < 0 ? "behind" : "ahead of";
  if (!isOurTime(skew, speed)) return `${off} ${way} ours: the time of a simulated market`;
  const about = `give or take ${durationText(uncertaintyMs)}`;
  return offsetMs === 0 ? `agrees with ours, ${about}` : `${off} ${way} ours, ${about}`;
}
