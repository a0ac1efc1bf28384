import type { DayNumber } from "./instant.ts";
import { type Session, TradingCalendar } from "./trading-calendar.ts";

/**
 * A calendar that says what another one says, and can be told to follow yet another: for whoever
 * has to see first what was known then, and later what is known now.
 */
export class FollowedCalendar extends TradingCalendar {
  #followed: TradingCalendar;
  #turns = 0;

  /** @param followed also says which days can be known at all, and gives the name and zone. */
  constructor(followed: TradingCalendar) {
    const { name, zone, firstDay, lastDay } = followed;
    super({ name, zone, firstDay, lastDay, sessionOn: () => undefined });
    this.#followed = followed;
  }

  turnTo(calendar: TradingCalendar): void {
    if (calendar === this.#followed) return;
    // Versions only ever grow, whatever those of the calendars are.
    this.#turns = this.version + 1 - calendar.version;
    this.#followed = calendar;
  }

  override get version(): number {
    return this.#turns + this.#followed.version;
  }

  override sessionOn(day: DayNumber): Session | undefined {
    return this.#followed.sessionOn(day);
  }
}
