import type { IbContract, IbContractDetails } from "../port/ib-contract.ts";

/** What can tell candidates apart, in the order in which people think of it. */
const FIELDS = [
  "primaryExchange",
  "currency",
  "lastTradeDate",
  "multiplier",
  "tradingClass",
  "exchange",
  "right",
  "strike",
  "localSymbol",
] as const satisfies readonly (keyof IbContract)[];

/** One line a candidate, each with what to add to the request to choose it. */
export function listCandidates(candidates: readonly IbContractDetails[]): string {
  const columns = candidates.map(({ contract, longName }) => [
    String(contract.conId),
    contract.localSymbol || contract.symbol,
    contract.exchange,
    contract.primaryExchange || "-",
    contract.currency,
    contract.lastTradeDate || "-",
    longName || "-",
  ]);
  const header = ["conId", "symbol", "exchange", "primary", "currency", "expiry", "name"];
  const rows = [header, ...columns];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index]!)).join("  "));
  return lines
    .map((line, index) => {
      const candidate = candidates[index - 1];
      const choice = candidate === undefined ? "to choose it" : choiceOf(candidate, candidates);
      return `${line}  ${choice}`;
    })
    .join("\n");
}

/** The first field in which a candidate differs from all others, or its number. */
function choiceOf(candidate: IbContractDetails, all: readonly IbContractDetails[]): string {
  for (const field of FIELDS) {
    const value = candidate.contract[field];
    const alike = all.filter(({ contract }) => contract[field] === value);
    if (value !== "" && value !== 0 && alike.length === 1) return `${field} ${value}`;
  }
  return `conId ${candidate.contract.conId}`;
}
