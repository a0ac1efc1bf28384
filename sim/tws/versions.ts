/** The protocol with length prefixes begins here. */
export const LOWEST_VERSION = 100;

/** The highest version whose messages are encoded here; from 194 on their form differs. */
export const HIGHEST_VERSION = 193;

/** The server version from which on a message has a field, or no longer has one. */
export const SINCE = {
  fractionalPositions: 101,
  mdSizeMultiplier: 110,
  aggregationGroup: 121,
  underlying: 122,
  keepUpToDate: 124,
  marketRules: 126,
  realExpirationDate: 134,
  scannerWithoutVersion: 143,
  orderWithoutVersion: 145,
  stockType: 152,
  asciiText: 153,
  fractionalSize: 163,
  sizeRules: 164,
  schedule: 165,
  advancedOrderReject: 166,
  fundFields: 179,
  lastTradeDate: 182,
  ineligibilityReasons: 186,
  cancelOrderWithoutVersion: 192,
} as const;
