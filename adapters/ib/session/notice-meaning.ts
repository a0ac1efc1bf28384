import { NOTICE_CODES } from "./codes.ts";
import type { NoticeMeaning } from "./notice-action.ts";

type Action = NoticeMeaning["action"];

/** What 162 and 420 can mean, by their text; the first that fits counts. */
const TEXTS: readonly (readonly [RegExp, Action, says: string, cure?: string])[] = [
  [
    /pacing violation/i,
    { do: "fail", fault: "pacing-violation", retry: "soon", isPacing: true },
    "data were asked for too fast",
    "nothing: requests rest and are asked again; end other programs that ask for much history",
  ],
  // After our own cancel nobody hears of it any more.
  [
    /query cancell?ed/i,
    { do: "fail", fault: "query-cancelled", retry: "soon" },
    "the gateway cancelled a query for history",
  ],
  [
    /invalid step|time length exceed|invalid (time|date|duration|bar size)/i,
    { do: "fail", fault: "invalid-request", retry: "never" },
    "history was asked in bars or a range that do not go together",
    "choose another bar size, and report it as a fault of Barline, with the log",
  ],
  [
    /permission|not subscribed|no .*subscription/i,
    { do: "fail", fault: "no-permission", retry: "never" },
    "no permission for the data of this contract",
    "subscribe to its market data in IB's client portal and start anew",
  ],
  [
    /no data of type|no historical market data for/i,
    { do: "fail", fault: "unavailable-price-type", retry: "never" },
    "this contract has no history of this price type",
    "choose another one, such as midpoint",
  ],
  [
    /no data/i,
    { do: "answer-empty" },
    "there is no history in the range",
    "begin later, or check that the contract traded then",
  ],
  [
    /expired/i,
    { do: "fail", fault: "expired-contract", retry: "never" },
    "there is no history of a contract that expired",
    "choose one that has not expired",
  ],
  [
    /different ip address|connected from/i,
    { do: "fail", fault: "competing-session", retry: "later" },
    "another session of the same user takes the data",
    "log the other session out",
  ],
];

const UNKNOWN: Action = {
  do: "fail",
  fault: "gateway-error",
  retry: "soon",
  isRetriedOnce: true,
  isStillOpen: true,
};

/** What a notice means; every code gets a meaning, the unknown ones by their range. */
export function noticeMeaning(code: number, text: string): NoticeMeaning {
  const known = NOTICE_CODES.get(code);
  if (known === undefined) return unknownMeaning(code);
  const { action } = known;
  if (action.do !== "read-text") return { ...known, action };
  const found = TEXTS.find(([pattern]) => pattern.test(text));
  if (found === undefined) return { ...known, action: action.otherwise };
  return { ...known, action: found[1], says: found[2], cure: found[3] ?? "" };
}

/** Codes from 2100 to 2999 are the gateway's warnings: no request fails by one of them. */
function unknownMeaning(code: number): NoticeMeaning {
  const concerns = code >= 2_100 && code <= 2_999 ? "client" : "request";
  const action: Action = concerns === "client" ? { do: "warn" } : UNKNOWN;
  return { code, concerns, action, says: "the gateway sent a notice", cure: "" };
}

/** The whole message for a person: what happened, in the gateway's own words too, and the cure. */
export function noticeMessage(meaning: NoticeMeaning, text: string): string {
  const cure = meaning.cure === "" ? "" : `; ${meaning.cure}`;
  return `${meaning.says} (code ${meaning.code}: ${text})${cure}`;
}

/** The farm that a notice names, after its last colon; the whole text when it has none. */
export function farmName(text: string): string {
  return text.slice(text.lastIndexOf(":") + 1).trim();
}
