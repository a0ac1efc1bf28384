import { requireAtLeast } from "../../../core/time/requirement.ts";
import type { IbContractDetails } from "../port/ib-contract.ts";
import type { IbFault, IbLink } from "../session/ib-link.ts";
import { listCandidates } from "./candidates.ts";
import { type ContractRequest, contractOf, describeRequest } from "./contract-request.ts";
import { type Patience, PatientAsk } from "./patient-ask.ts";

/** What came of looking for a contract. */
export type ContractResult =
  | { readonly kind: "resolved"; readonly details: IbContractDetails }
  /** Several fit; `message` lists them, a line each, with what to add to choose one. */
  | {
      readonly kind: "ambiguous";
      readonly candidates: readonly IbContractDetails[];
      readonly message: string;
    }
  /** The gateway knows none. */
  | { readonly kind: "unknown"; readonly message: string; readonly cure: string }
  /** It could not be asked. */
  | { readonly kind: "failed"; readonly fault: IbFault };

export interface ResolveOptions {
  /** Milliseconds of silence before it is asked again; 1 or more; default 10,000. */
  readonly deadlineMs?: number;
  /** How often it is asked; 1 or more; default 3. */
  readonly attempts?: number;
  /** Milliseconds to wait for the link; 1 or more; default 45,000. */
  readonly linkDownMs?: number;
}

/** Something under way that can be called off; nothing is heard of it then. */
export interface Pending {
  close(): void;
}

/** The code with which a gateway says that it knows no such contract. */
const NO_SUCH_CONTRACT = 200;

/** Fills in the defaults and refuses what makes no sense. */
export function patience(options: ResolveOptions): Patience {
  const { deadlineMs = 10_000, attempts = 3, linkDownMs = 45_000 } = options;
  requireAtLeast("deadlineMs", deadlineMs, 1);
  requireAtLeast("attempts", attempts, 1);
  requireAtLeast("linkDownMs", linkDownMs, 1);
  return { deadlineMs, attempts, linkDownMs, pauseMs: 1_000 };
}

/** Finds the one contract that is meant. `done` is called once, after this has returned. */
export function resolveContract(
  link: IbLink,
  wanted: ContractRequest,
  done: (result: ContractResult) => void,
  options: ResolveOptions = {},
): Pending {
  const found = new Map<string, IbContractDetails>();
  const question = { kind: "contract-details", contract: contractOf(wanted) } as const;
  return new PatientAsk(link, question, patience(options), {
    asked: () => found.clear(),
    event: (event) => {
      if (event.kind === "contract") {
        const { conId, exchange } = event.details.contract;
        found.set(`${conId} ${exchange}`, event.details);
      }
      return event.kind === "contract-end";
    },
    done: () => done(chosen([...found.values()], wanted)),
    failed: (fault) => {
      done(fault.ibCode === NO_SUCH_CONTRACT ? unknown(wanted) : { kind: "failed", fault });
    },
  });
}

function chosen(candidates: readonly IbContractDetails[], wanted: ContractRequest): ContractResult {
  const [details] = candidates;
  if (details === undefined) return unknown(wanted);
  if (candidates.length === 1) return { kind: "resolved", details };
  const title = `${candidates.length} contracts fit ${describeRequest(wanted)}; add one of these:`;
  return { kind: "ambiguous", candidates, message: `${title}\n${listCandidates(candidates)}` };
}

function unknown(wanted: ContractRequest): ContractResult {
  const message = `Interactive Brokers knows no contract ${describeRequest(wanted)}`;
  return { kind: "unknown", message, cure: cureFor(contractOf(wanted).secType, wanted) };
}

function cureFor(secType: string, { conId, exchange, currency }: ContractRequest): string {
  if (conId !== undefined) return "check the conId; that of an expired contract is gone";
  if (secType === "FUT" && exchange === undefined) {
    return "name the exchange of the future, such as CME, and its lastTradeDate";
  }
  if (secType === "CASH" && exchange === undefined) return "name the exchange IDEALPRO";
  const hint = currency === undefined ? "; for a stock outside the US give its currency" : "";
  return `check symbol, secType, exchange and expiry in the contract search of TWS${hint}`;
}
