"""Bars of seconds, and the streams of live bars, which are made of them."""

import re

from expect import require, same
from truth import exact, merged, opening, seconds_of, utc

PRICES = ["open", "high", "low", "close"]
CANCELLED = re.compile(
    r"Historical Market Data Service error message:API historical data query cancelled: \d+"
)


def exact_bar(bar):
    return {name: exact(bar[name]) for name in [*PRICES, "volume"]} | {"count": bar["count"]}


def joined(bars):
    """One bar made of several, with its number of trades."""
    return {**merged(bars), "count": sum(bar["count"] for bar in bars)}


class Streams:
    """The checks of small bars and streams. Small bars must make up the minutes of the file."""

    def small_history(self, question, answer):
        size = seconds_of(question["size"])
        times = [self.instant_of(bar["time"]) for bar in answer["bars"]]
        same(times, sorted(set(times)), "the order of bars")
        if question["end"] != "":
            end = utc(question["end"])
            start = self.truth.start_of(end, question["duration"])
            require(start <= times[0] and times[-1] < end, "bars outside the range")
        else:
            start, end = times[0] + 59 - (times[0] + 59) % 60, times[-1] - times[-1] % 60
        for bar, time in zip(answer["bars"], times):
            same(time, opening(time, size), "the opening of a bar")
            self.same_time(bar["time"], time, question["format"])
            self.same_average(bar)
            require(bar["count"] >= 1, "a bar without trades")
        require(end > start, "no whole minute")
        for minute in range(start, end, 60):
            self.makes_up_minute(minute, answer["bars"], times)
        self.agrees_with_seconds(answer["bars"], times, size)
        self.told_range(answer)

    def makes_up_minute(self, minute, bars, times):
        parts = [exact_bar(bar) for bar, time in zip(bars, times) if minute <= time < minute + 60]
        require(parts, f"nothing in the minute of {minute}")
        true = dict(self.truth.minute(minute))
        del true["time"]
        count = self.minute_counts().get(minute)
        found = joined(parts)
        same(found, {**true, "count": count or found["count"]}, f"the minute of {minute}")

    def agrees_with_seconds(self, bars, times, size):
        """Bars of several seconds are made of those of one, where these were asked for as well."""
        for bar, time in zip(bars, times):
            parts = self.seconds_in(time, time + size)
            if parts:
                same(exact_bar(bar), joined(parts), f"the bar of {size} s at {time}")

    def seconds(self):
        """Every second with a trade that the client was told of, by its time."""
        if self.known_seconds is None:
            self.known_seconds = {}
            for question in self.task["questions"]:
                answer = self.answers.get(question["name"], {})
                if question.get("size") == "1 secs" and "bars" in answer:
                    for bar in answer["bars"]:
                        self.known_seconds[self.instant_of(bar["time"])] = exact_bar(bar)
        return self.known_seconds

    def seconds_in(self, start, end):
        seconds = self.seconds()
        return [seconds[time] for time in range(start, end) if time in seconds]

    def is_beginning(self, bar, time):
        """What was told of a minute in progress is all of its trades up to some second."""
        self.same_average(bar)
        found = exact_bar(bar)
        states = [joined(self.seconds_in(time, time + end)) for end in self.ends_of(time)]
        require(found in states, f"at no second was the minute of {time} {bar!r}")
        return states.index(found)

    def ends_of(self, time):
        """After how many seconds of a minute there was one more with a trade."""
        return [each + 1 for each in range(60) if time + each in self.seconds()]

    def updates(self, question, answer):
        seed_times = [self.instant_of(bar["time"]) for bar in answer["seed"]]
        for bar, true in zip(answer["seed"][:-1], self.whole_minutes(seed_times)):
            self.same_bar(bar, true, question)
        self.same_time(answer["seed"][-1]["time"], seed_times[-1], question["format"])
        self.is_beginning(answer["seed"][-1], seed_times[-1])
        reached = {}
        for bar, wall in zip(answer["updates"], answer["when"], strict=True):
            time = self.instant_of(bar["time"])
            self.same_time(bar["time"], time, question["format"])
            require(not reached or time >= max(reached), "it went back to an earlier bar")
            at = self.is_beginning(bar, time)
            require(at >= reached.get(time, 0), "it took trades back")
            require(time <= self.market_time(wall, False), f"{time} is in the future")
            reached[time] = at
        same(sorted(reached), list(range(min(reached), max(reached) + 1, 60)), "the minutes")
        require(min(reached) - seed_times[-1] in (0, 60), "there is a hole behind the seed")
        for time in sorted(reached)[:-1]:
            same(reached[time], len(self.ends_of(time)) - 1, f"the end of the minute of {time}")
        self.ended_well(answer)

    def whole_minutes(self, times):
        bars = self.truth.bars("1 min", times[0], times[-1])
        same([bar["time"] for bar in bars], times[:-1], "the times of the seed")
        return bars

    def real_time_bars(self, _question, answer):
        times = [bar["time"] for bar in answer["bars"]]
        same(times, list(range(times[0], times[-1] + 1, 5)), "the times")
        same(times[0] % 5, 0, "the first second")
        traded = 0
        for bar, wall in zip(answer["bars"], answer["when"], strict=True):
            early = bar["time"] + 5 - self.market_time(wall, False)
            require(early <= 0, f"the bar at {bar['time']} came {early} s before its end")
            parts = self.seconds_in(bar["time"], bar["time"] + 5)
            if parts:
                self.same_average(bar)
                same(exact_bar(bar), joined(parts), f"the 5 seconds at {bar['time']}")
                traded += 1
            else:
                self.is_quiet(bar)
        require(traded > 0, "nothing was traded")
        self.ended_well(answer)

    def is_quiet(self, bar):
        """Where nothing was traded, all prices are the last one."""
        time = bar["time"]
        last = max(each for each in self.seconds() if each < time)
        prices = [exact(bar[name]) for name in PRICES]
        same(prices, [self.seconds()[last]["close"]] * 4, f"the prices at {time}")
        same([bar["volume"], bar["count"], bar["average"]], [0, 0, -1], f"the rest at {time}")

    def ended_well(self, answer):
        same(answer["afterCancel"], 0, "what was said after the cancel")
        if "cancelled" in answer:
            same(answer["cancelled"]["code"], 162, "the code of the cancel")
            words = answer["cancelled"]["message"]
            require(CANCELLED.fullmatch(words) is not None, f"odd words of the cancel: {words}")
