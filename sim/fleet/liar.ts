import type { IbClient } from "../../adapters/ib/port/ib-client.ts";
import type { IbBar, IbEvent } from "../../adapters/ib/port/ib-event.ts";
import type { TimerClock } from "../../core/time/clock.ts";
import type { UnixMs } from "../../core/time/instant.ts";
import type { TimeRange } from "../../core/time/range.ts";
import type { Machine } from "./machine.ts";
import type { Lie, Nonsense } from "./trouble.ts";

type LiveBar = Extract<IbEvent, { readonly kind: "update" | "real-time-bar" }>;

/** A lie that is being told. */
interface Told {
  readonly lie: Lie;
  readonly until: UnixMs;
  /** How many more bars it changes. */
  left: number;
}

const NUMBERS: Readonly<Record<Nonsense, (price: number) => number>> = {
  nan: () => Number.NaN,
  negative: (price) => -price,
  zero: () => 0,
  sentinel: () => -1,
  infinite: () => Number.POSITIVE_INFINITY,
};

/** Stands between the gateway and a process, and changes what is said. */
export class Liar {
  readonly #world: TimerClock;
  readonly #machine: Machine;
  #lies: Told[] = [];
  readonly #doubtful: TimeRange[];
  readonly #isUnsettled: boolean;
  #repeat: () => void = () => {};

  /**
   * @param doubtful is told when live bars are changed, or come later than all else.
   * @param isUnsettled whether history itself shows bars that are not whole yet.
   */
  constructor(world: TimerClock, machine: Machine, doubtful: TimeRange[], isUnsettled: boolean) {
    this.#doubtful = doubtful;
    this.#isUnsettled = isUnsettled;
    this.#world = world;
    this.#machine = machine;
  }

  tell(lie: Lie): void {
    const until = "forMs" in lie ? this.#world.now() + lie.forMs : Number.POSITIVE_INFINITY;
    if (lie.kind === "stale-reply") this.#repeat();
    else this.#lies.push({ lie, until, left: "count" in lie ? lie.count : 0 });
  }

  client(client: IbClient): IbClient {
    return {
      connect: (clientId, hear) => {
        const line = new Line(hear);
        const connection = client.connect(clientId, (event) => this.#pass(event, line));
        return {
          send: (request) => connection.send(request),
          close: () => {
            line.close();
            connection.close();
          },
        };
      },
    };
  }

  #pass(event: IbEvent, line: Line): void {
    if (this.#lies.length > 0) this.#lies = this.#lies.filter((each) => this.#goesOn(each));
    if (event.kind === "history" && this.#isUnsettled) this.#doubt(0);
    if (event.kind === "history") this.#repeat = () => this.#hear(event, line, 0);
    const said = isLive(event) ? this.#bar(event, line) : event;
    if (said === undefined) return;
    let waitMs = 0;
    let copies = 1;
    for (const { lie, until } of this.#lies) {
      if (lie.kind === "hold") waitMs = Math.max(waitMs, until - this.#world.now());
      if (lie.kind === "lag" && isLive(event)) {
        waitMs = Math.max(waitMs, lie.byMs);
        this.#doubt(lie.byMs);
      }
      if (lie.kind === "duplicate" && event.kind !== "closed") copies = 2;
    }
    for (let copy = 0; copy < copies; copy += 1) this.#hear(said, line, waitMs);
  }

  #goesOn({ lie, until, left }: Told): boolean {
    return "count" in lie ? left > 0 : until > this.#world.now();
  }

  #doubt(forMs: number): void {
    const now = this.#world.now();
    this.#doubtful.push({ from: now, to: now + forMs });
  }

  /** What becomes of a live bar; undefined where it is not heard now. */
  #bar(event: LiveBar, line: Line): LiveBar | undefined {
    let said = event;
    for (const told of this.#lies) {
      const { lie } = told;
      if (lie.kind === "drop") return undefined;
      if (lie.kind === "reorder") {
        const before = line.swapped;
        line.swapped = before === undefined ? said : undefined;
        if (before === undefined) return undefined;
        this.#hear(said, line, 0);
        return before;
      }
      const bar = changed(said.bar, lie);
      if (bar === said.bar) continue;
      told.left -= 1;
      this.#doubt(0);
      said = { ...said, bar };
    }
    return said;
  }

  /** Messages keep their order, and wait for a machine that stands still. */
  #hear(event: IbEvent, line: Line, waitMs: number): void {
    const now = this.#world.now();
    if (waitMs === 0 && !this.#machine.isStill && line.waiting === 0) {
      line.hear(event);
      return;
    }
    // All but what lags alone comes after what waits already.
    const isLagging = waitMs > 0 && isLive(event);
    const at = isLagging ? now + waitMs : Math.max(now + waitMs, line.lastAt);
    if (!isLagging) line.lastAt = at;
    line.waiting += 1;
    this.#world.schedule(at, () => {
      this.#machine.whenMoving(() => {
        line.waiting -= 1;
        line.hear(event);
      });
    });
  }
}

/** One connection as a process hears it. */
class Line {
  readonly #hear: (event: IbEvent) => void;
  #isOpen = true;
  waiting = 0;
  lastAt: UnixMs = Number.NEGATIVE_INFINITY;
  /** A bar that waits for the one it trades places with. */
  swapped: LiveBar | undefined;

  constructor(hear: (event: IbEvent) => void) {
    this.#hear = hear;
  }

  hear(event: IbEvent): void {
    if (!this.#isOpen) return;
    if (event.kind === "closed") this.#isOpen = false;
    this.#hear(event);
  }

  close(): void {
    this.#isOpen = false;
  }
}

function isLive(event: IbEvent): event is LiveBar {
  return event.kind === "update" || event.kind === "real-time-bar";
}

function changed(bar: IbBar, lie: Lie): IbBar {
  switch (lie.kind) {
    case "nonsense": {
      const number = NUMBERS[lie.what];
      return { ...bar, low: number(bar.low), close: number(bar.close) };
    }
    case "impossible":
      return { ...bar, high: bar.low - 1 };
    case "disagree": {
      const close = bar.close === bar.high ? bar.low : bar.high;
      return { ...bar, close };
    }
    default:
      return bar;
  }
}
