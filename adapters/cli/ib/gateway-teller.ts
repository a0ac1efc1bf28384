import type { Logger } from "pino";
import { NO_REQUEST } from "../../ib/port/ib-event.ts";
import type { LinkEvent } from "../../ib/session/ib-link.ts";
import type { NoticeAction } from "../../ib/session/notice-action.ts";
import { noticeMeaning } from "../../ib/session/notice-meaning.ts";
import { oneLine } from "../terminal/report.ts";
import type { Talk } from "../terminal/talk.ts";
import { isLoopback } from "./gateway-session.ts";
import { type AccountMask, maskedAccount } from "./masked.ts";
import type { IbTap } from "./tapped-client.ts";

/** What tells of a link. */
export interface GatewayTellerParts {
  readonly talk: Talk;
  readonly log: Logger | undefined;
  readonly mask: AccountMask;
  /** Where the gateway is. */
  readonly address: { readonly host: string; readonly port: number };
}

/** Says and logs how the connection to a gateway fares, and what it answers when it refuses. */
export class GatewayTeller {
  readonly #parts: GatewayTellerParts;
  #serverVersion = 0;
  #clientId = 0;
  #wasUp = false;
  #lastCause = "";

  constructor(parts: GatewayTellerParts) {
    this.#parts = parts;
  }

  readonly tap: IbTap = {
    connecting: (clientId) => {
      this.#clientId = clientId;
      this.#log("debug", { event: "connecting", clientId });
    },
    sent: (request) => {
      const { kind, ...details } = request;
      this.#log("debug", { event: "request", kind, ...details });
    },
    heard: (event) => {
      switch (event.kind) {
        case "connected":
          this.#serverVersion = event.serverVersion;
          this.#log("info", {
            event: "connected",
            serverVersion: event.serverVersion,
            serverTime: event.serverTime,
          });
          break;
        case "accounts":
          this.#parts.mask.learn(event.accounts);
          this.#log("info", { event: "accounts", accounts: event.accounts.map(maskedAccount) });
          break;
        case "notice":
          this.#notice(event.requestId, event.code, event.message);
          break;
        case "closed":
          this.#log("info", { event: "closed", reason: event.reason });
          break;
      }
    },
  };

  /** What is heard of the link. */
  readonly link = (event: LinkEvent): void => {
    const { kind, ...details } = event;
    this.#log(LINK_LEVELS[kind] ?? "warn", { event: "link", kind, ...details });
    if (kind === "down") this.#down(event.reason);
    else this.#say(linkText(event, this.#upText()));
    if (kind === "up") {
      this.#wasUp = true;
      this.#lastCause = "";
    }
  };

  #upText(): string {
    const version = `server version ${this.#serverVersion}, client id ${this.#clientId}`;
    return `connected: ${version}`;
  }

  #notice(requestId: number, code: number, message: string): void {
    const { action, says, cure } = noticeMeaning(code, message);
    const level = LEVELS[action.do] ?? "info";
    const about = requestId === NO_REQUEST ? {} : { requestId };
    this.#log(level, { event: "notice", code, message, says, action: action.do, cure, ...about });
  }

  /** Attempts go on for ever; what stands in their way is said once. */
  #down(reason: string): void {
    const cause = reason.replace(/; the next attempt follows.*$/, "");
    if (cause === this.#lastCause) return;
    const isFirst = this.#lastCause === "";
    this.#lastCause = cause;
    const what = this.#wasUp && isFirst ? "connection lost" : "no connection";
    this.#say(`${what}: ${cause}; trying again until it works`);
    if (!this.#wasUp && isFirst) this.#say(connectionCure(this.#parts.address));
  }

  #say(text: string | undefined): void {
    if (text !== undefined) this.#parts.talk.say(`  ${oneLine(text)}`);
  }

  #log(level: "debug" | "info" | "warn", record: object): void {
    this.#parts.log?.[level](record);
  }
}

/** What to look at when a gateway cannot be reached. */
export function connectionCure({ host, port }: { readonly host: string; readonly port: number }) {
  const trusted = isLoopback(host)
    ? ""
    : ', switch off "Allow connections from localhost only", and trust this computer\'s address';
  return (
    "start TWS or IB Gateway and log in; in its API settings switch on " +
    `"Enable ActiveX and Socket Clients" (read-only may stay on), set the socket port to ${port} ` +
    `(usual are TWS 7497 paper, 7496 live; IB Gateway 4002 paper, 4001 live)${trusted}`
  );
}

const LINK_LEVELS: Readonly<Partial<Record<LinkEvent["kind"], "info">>> = {
  up: "info",
  resumed: "info",
  "farm-up": "info",
};

/** How much a notice matters, by what is done about it. */
const LEVELS: Readonly<Partial<Record<NoticeAction["do"], "debug" | "info" | "warn">>> = {
  ignore: "debug",
  warn: "warn",
  fail: "warn",
  "slow-down": "warn",
  suspend: "warn",
  "farm-down": "warn",
  reconnect: "warn",
  "change-client-id": "warn",
  stop: "warn",
};

function linkText(event: LinkEvent, upText: string): string | undefined {
  switch (event.kind) {
    case "up":
      return upText;
    case "suspended":
      return `the gateway lost Interactive Brokers: ${event.reason}; waiting for it`;
    case "resumed":
      return `the gateway has Interactive Brokers again, ${
        event.isDataLost ? "streams are asked for anew" : "streams are checked"
      }`;
    case "farm-down":
      return `data farm ${event.farm} broke: ${event.reason}; its streams are watched`;
    case "farm-up":
      return `data farm ${event.farm} is back`;
    case "warning":
      return `warning: ${event.message}`;
    default:
      return undefined;
  }
}
