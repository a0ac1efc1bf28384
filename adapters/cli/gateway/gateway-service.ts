import { BarlineError } from "../../../core/time/failure.ts";
import { formatInstant, SECOND_MS, type UnixMs } from "../../../core/time/instant.ts";
import {
  IbGateway,
  type IbGatewayFault,
  type IbGatewayOptions,
  parseGatewayFaults,
} from "../../../sim/ib/index.ts";
import { type TwsEvent, TwsServer } from "../../../sim/tws/index.ts";
import { countText } from "../../kept/count-text.ts";
import { ScaledClock, SystemClock, systemZone } from "../../system/index.ts";
import { Interruption } from "../run/interruption.ts";
import type { Talk } from "../terminal/talk.ts";
import { FaultPrompt } from "./fault-prompt.ts";
import type { GatewayMarket } from "./gateway-markets.ts";

/** A gateway to be served. */
export interface GatewayService {
  readonly talk: Talk;
  readonly markets: readonly GatewayMarket[];
  /** What its clock shows at first. */
  readonly start: UnixMs;
  /** Whether that was chosen for the user. */
  readonly isUsualStart: boolean;
  readonly host: string;
  readonly port: number;
  readonly speed: number;
  /** What goes wrong, in the words of `parseGatewayFaults`. */
  readonly faults: string;
  readonly isJson: boolean;
  readonly options: IbGatewayOptions;
}

/** Serves until it is interrupted. */
export async function serveGateway(service: GatewayService): Promise<void> {
  const { talk, markets, start, host } = service;
  // What is wrong with the faults is said before anything begins.
  const planned = parseGatewayFaults(service.faults, start);
  const clock = new ScaledClock(new SystemClock(), { start, speed: service.speed });
  const say = (text: string): void => talk.say(`${moment(clock.now())} ${text}`);
  const gateway = new IbGateway(clock, markets, {
    zoneOf: (name) => namedZone(name),
    ...service.options,
    onTalk: (word) => {
      // Who comes and goes is told by the server, which knows whence they come.
      if (word.kind === "fault") say(`fault: ${faultText(word.fault)}`);
      // With the process goes its port.
      if (word.kind === "down" || word.kind === "up") server.follow();
    },
  });
  const server = new TwsServer(gateway, { host, hear: (event) => say(eventText(event)) });
  let port: number;
  try {
    port = await server.listen(service.port);
  } catch (error) {
    gateway.close();
    throw error;
  }
  for (const { fault, at } of planned) gateway.inflict(fault, at);
  for (const line of introduction(service)) talk.say(line);
  if (service.isJson) process.stdout.write(`${JSON.stringify(listeningJson(service, port))}\n`);
  const end = clock.schedule(endOf(markets), () => {
    say("the bars are over; the gateway stays up and has nothing new to tell");
  });
  const prompt = new FaultPrompt(talk, gateway);
  await new Promise<void>((resolve) => {
    const interruption = new Interruption(() => {
      resolve();
      interruption.done();
      process.exitCode = interruption.exitCode;
    }, "the gateway is closed");
  });
  end.cancel();
  prompt.close();
  await server.close();
  gateway.close();
}

/** A gateway wants a zone by its place: it takes no `GMT`, and answers it with 10314. */
function namedZone(name: string): ReturnType<typeof systemZone> | undefined {
  if (name === "GMT") return undefined;
  try {
    return systemZone(name);
  } catch (error) {
    if (error instanceof BarlineError) return undefined;
    throw error;
  }
}

function endOf(markets: readonly GatewayMarket[]): UnixMs {
  return Math.max(...markets.map(({ endsAt }) => endsAt));
}

function introduction(service: GatewayService): readonly string[] {
  const { markets, start, isUsualStart, speed } = service;
  const lines = markets.map(({ truth, contract, calendarNote, leftOut, endsAt }) => {
    const { symbol, secType, exchange, currency, conId } = contract;
    const { bars, series, grid } = truth;
    const left = leftOut === 0 ? "" : `, ${countText(leftOut)} faulty rows left out`;
    return [
      `${symbol} (${secType}, ${exchange}, ${currency}, conId ${conId}): `,
      `${countText(bars.length)} bars of ${series.size.label} `,
      `from ${formatInstant(bars.openTime[0]!)} to ${formatInstant(endsAt)}${left}; `,
      `calendar ${grid.calendar.name} (${calendarNote})`,
    ].join("");
  });
  const chosen = isUsualStart ? `, with ${barsBefore(markets, start)} bars before it` : "";
  const pace = speed === 1 ? "in real time" : `at ${speed} times the speed of time`;
  return [
    ...lines,
    `its clock starts at ${formatInstant(start)}${chosen}, and runs ${pace}`,
    "type help to see what can go wrong; Ctrl-C ends it",
  ];
}

/** Over all files, the fewest bars that are over at an instant. */
function barsBefore(markets: readonly GatewayMarket[], at: UnixMs): number {
  return Math.min(...markets.map(({ truth }) => truth.indexFrom(at)));
}

function listeningJson(service: GatewayService, port: number): object {
  const { host, start, speed, options, markets } = service;
  return {
    host,
    port,
    serverVersion: options.serverVersion,
    start: formatInstant(start),
    speed,
    contracts: markets.map(({ contract, truth, file, endsAt }) => ({
      ...contract,
      file,
      barSize: truth.series.size.label,
      bars: truth.bars.length,
      from: formatInstant(truth.bars.openTime[0]!),
      to: formatInstant(endsAt),
      calendar: truth.grid.calendar.name,
    })),
  };
}

/** To the second: its time is fast. */
function moment(at: UnixMs): string {
  return formatInstant(at - (at % SECOND_MS)).replace(".000Z", "Z");
}

/** `link, forMs 30000, ending 1101`. */
function faultText(fault: IbGatewayFault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${valueText(value)}`);
  return [kind, ...details].join(", ");
}

function valueText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function eventText(event: TwsEvent): string {
  switch (event.kind) {
    case "listening":
      return `listening on port ${event.port}`;
    case "deaf":
      return `not listening: ${event.reason}`;
    case "joined":
      return `client ${event.clientId} joined from ${event.peer}, version ${event.version}`;
    case "left": {
      const { clientId, peer, reason } = event;
      const who = clientId === undefined ? peer : `client ${clientId} at ${peer}`;
      return `${who} left: ${reason}`;
    }
  }
}
