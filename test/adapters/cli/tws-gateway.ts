import { createServer } from "node:net";
import { openBarFile } from "../../../adapters/cli/bars/bar-file.ts";
import { ibContract } from "../../../adapters/ib/port/ib-contract.ts";
import { ScaledClock, SystemClock } from "../../../adapters/system/index.ts";
import { instrument } from "../../../core/market/instrument.ts";
import { calendarByName } from "../../../core/time/calendars/catalog.ts";
import { instant } from "../../../core/time/instant.ts";
import { IbGateway, type IbGatewayFault, type IbGatewayOptions } from "../../../sim/ib/index.ts";
import { Truth } from "../../../sim/truth.ts";
import { TwsServer } from "../../../sim/tws/index.ts";
import { IF_15M } from "./barline.ts";

/** How fast the time of the gateways passes: an hour in six seconds. */
const SPEED = 600;
/** In the middle of a bar, in the middle of a session. */
const START = "2024-03-05T02:07:30Z";

/** A gateway over TCP on a port of its own. */
export interface ServedGateway {
  readonly port: number;
  readonly gateway: IbGateway;
  /** The options with which a run finds it and its contract. */
  readonly options: readonly string[];
  /** The same without the contract. */
  readonly place: readonly string[];
  close(): Promise<void>;
}

/** What every gateway tells. */
export const TRUTH = openBarFile({
  file: IF_15M,
  calendar: calendarByName("CFFEX"),
  dialect: {},
  instrument: instrument("IF", { exchange: "CFFEX", currency: "CNY", multiplier: 300 }),
  onFault: "fail",
}).then(async ({ series, grid, load }) => {
  const { bars } = await load();
  return new Truth(series, grid(series), bars, 1);
});

const served: ServedGateway[] = [];

/** Ends every gateway that was served. */
export async function closeAll(): Promise<void> {
  await Promise.all(served.splice(0).map((one) => one.close()));
}

/** Serves the shipped 15-minute bars as `IF`, and as the two months of an ambiguous `IM`. */
export async function serve(
  faults: readonly IbGatewayFault[] = [],
  options: IbGatewayOptions = {},
): Promise<ServedGateway> {
  const truth = await TRUTH;
  const clock = new ScaledClock(new SystemClock(), { start: instant(START), speed: SPEED });
  const future = { secType: "FUT", exchange: "CFFEX", currency: "CNY", multiplier: "300" };
  const contracts = [
    ibContract({ ...future, conId: 1, symbol: "IF", localSymbol: "IF" }),
    ibContract({ ...future, conId: 2, symbol: "IM", localSymbol: "IM1", lastTradeDate: "202403" }),
    ibContract({ ...future, conId: 3, symbol: "IM", localSymbol: "IM2", lastTradeDate: "202406" }),
  ];
  const markets = contracts.map((contract) => ({ contract, truth, minTick: 0.2 }));
  const gateway = new IbGateway(clock, markets, {
    ...options,
    onTalk: (talk) => {
      const { kind } = talk;
      options.onTalk?.(talk);
      if (kind === "down" || kind === "up") server.follow();
    },
  });
  const server = new TwsServer(gateway);
  const port = await server.listen(0);
  for (const fault of faults) gateway.inflict(fault);
  const place = ["--ib", `127.0.0.1:${port}`, "--speed", String(SPEED), "--size", "15m"];
  const one: ServedGateway = {
    port,
    gateway,
    place,
    options: [...place, "--symbol", "IF", "--sec-type", "FUT", ...CFFEX],
    close: async () => {
      await server.close();
      gateway.close();
    },
  };
  served.push(one);
  return one;
}

const CFFEX = ["--exchange", "CFFEX", "--currency", "CNY"];

/** A port on which nothing listens. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
