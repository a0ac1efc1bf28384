import type { Series } from "../../../core/market/series.ts";
import type { ContractRequest } from "../../ib/contracts/contract-request.ts";
import type { LiveConfig } from "../ib/live-schema.ts";
import { onlySet } from "../ib/live-settings.ts";

/** The exchange that routes an order to all others: no exchange of a listing. */
const SMART = "SMART";

/**
 * The contract whose bars a stored series holds. What the series does not tell, such as its kind,
 * comes from the configuration, which goes before what the series tells in everything but its name.
 */
export function storedContract(
  { instrument: { symbol, exchange, currency } }: Series,
  { contract: { symbol: _symbol, multiplier, ...given } = {} }: LiveConfig,
): ContractRequest {
  const told = onlySet(given);
  const more = multiplier === undefined ? {} : { multiplier: String(multiplier) };
  // A number names a contract for good, and what else is said could only contradict it.
  if (told.conId !== undefined) return { ...told, ...more };
  const isStock = (told.secType ?? "STK") === "STK";
  const listing = exchange === "" || exchange === SMART ? {} : { primaryExchange: exchange };
  const place = exchange === "" ? {} : { exchange };
  return { symbol, currency, ...(isStock ? listing : place), ...told, ...more };
}
