"""What the answer to each kind of question must be, from the truth alone."""

import re

from datetime import datetime, timezone

from expect import require, same
from streams import Streams
from truth import ZONE_NAME, exact, local, seconds_of, utc

TEXT = re.compile(r"^(\d{8}) (\d\d:\d\d:\d\d) (\S+)$")
# From the market's second to a client's: messages under way, and a machine that is busy.
SLACK_SECONDS = 3


def is_small(question):
    return question["size"] != "1 day" and seconds_of(question["size"]) < 60


def range_text(time):
    """A bar's time as the range tells it: epoch seconds are written out, in UTC."""
    if re.fullmatch(r"\d{9,11}", time) is None:
        return time
    return datetime.fromtimestamp(int(time), timezone.utc).strftime("%Y%m%d-%H:%M:%S")


class Answers(Streams):
    """The checks of one client's answers, by the kind of question."""

    def __init__(self, truth, task, result):
        self.truth = truth
        self.task = task
        self.result = result
        self.answers = result["answers"]
        self.forget()

    def forget(self):
        """What was worked out from the answers is to be worked out anew."""
        self.known_seconds = None
        self.known_counts = None

    def check(self, question, answer):
        """Raises AssertionError where an answer is not what the truth says."""
        if "error" in question:
            return self.refusal(question, answer)
        for sign in ("unanswered", "error"):
            require(sign not in answer, f"there is {sign}: {answer}")
        return getattr(self, question["ask"].replace("-", "_"))(question, answer)

    def refusal(self, question, answer):
        code, text = question["error"]
        same(answer.get("error", {}).get("code"), code, "the code")
        same(answer["error"]["message"], text, "the message")

    def time_text(self, time, day_only, form):
        """What a bar's time must look like when its library leaves it as it came."""
        if day_only:
            return time
        if form == 2:
            return str(time)
        return f"{local(time).strftime('%Y%m%d %H:%M:%S')} {ZONE_NAME}"

    def same_time(self, found, time, form, what="the time"):
        """A time as text, or as what a library that reads it made of it."""
        day_only = isinstance(time, str)
        if not isinstance(found, dict):
            return same(found, self.time_text(time, day_only, form), what)
        if day_only:
            return same(found, {"day": time}, what)
        zone = ZONE_NAME if form == 1 else None
        return same(found, {"instant": time, "zone": zone}, what)

    def instant_of(self, found):
        """A bar's opening in epoch seconds, from any form but a bare day."""
        if isinstance(found, dict):
            return found["instant"]
        match = TEXT.match(str(found))
        if match is None:
            return int(found)
        same(match[3], ZONE_NAME, "the zone")
        return utc(f"{match[1]}-{match[2]}") - 8 * 3_600

    def market_time(self, wall, earliest):
        """The market's time at a moment of the wall clock: the least or the most it can be."""
        since = self.task["listeningAt"] if earliest else self.task["spawnedAt"]
        return self.task["start"] + (wall - since) * self.task["speed"]

    def connection(self, _question, answer):
        same(answer["nextId"], 1, "the next valid id")

    def notices(self, _question, answer):
        found = {str(each["code"]): each["message"] for each in answer["notices"]}
        same(found, self.task["notices"], "notices")
        same(len(answer["notices"]), len(found), "the number of notices")

    def current_time(self, _question, answer):
        least = self.market_time(answer["when"]["askedAt"], True) - 1
        most = self.market_time(answer["when"]["answeredAt"], False) + SLACK_SECONDS
        require(least <= answer["epoch"] <= most, f"the clock shows {answer['epoch']}")

    def accounts(self, _question, answer):
        same(answer["accounts"], self.task["accounts"], "accounts")

    def positions(self, _question, answer):
        same(answer["positions"], [], "positions")

    def contract_details(self, _question, answer):
        [details] = answer["details"]
        day = local(self.task["start"]).date()
        hours = self.truth.hours_text(day, 6)
        expected = {**self.task["details"], "tradingHours": hours, "liquidHours": hours}
        for name, value in details.items():
            if name == "contract":
                for key, part in value.items():
                    same(part, self.task["fullContract"][key], key)
            elif value is not None:
                same(value, expected[name], name)

    def schedule(self, question, answer):
        end = utc(question["end"])
        start = self.truth.start_of(end, question["duration"])
        sessions = self.truth.sessions(start, end)
        same(answer["timeZone"], ZONE_NAME, "the zone")
        same(answer["sessions"], sessions, "sessions")
        same(answer["start"], sessions[0][0], "the start")
        same(answer["end"], sessions[-1][1], "the end")

    def head_timestamp(self, question, answer):
        first = self.truth.minutes[0]["time"]
        if question["format"] == 2:
            self.same_time(answer["head"], first, 2)
            return
        # As text it is in UTC, and does not say so.
        at = datetime.fromtimestamp(first, timezone.utc)
        texts = [at.strftime("%Y%m%d-%H:%M:%S"), {"local": at.strftime("%Y-%m-%dT%H:%M:%S")}]
        require(answer["head"] in texts, f"history begins at {answer['head']!r}, not {texts}")

    def history(self, question, answer):
        if is_small(question):
            return self.small_history(question, answer)
        expected, forming = self.expected_bars(question, answer)
        bars = answer["bars"]
        same(len(bars), len(expected) + (forming is not None), "the number of bars")
        for bar, true in zip(bars, expected):
            self.same_bar(bar, true, question)
        if forming is not None:
            self.same_time(bars[-1]["time"], forming, question["format"])
            self.is_beginning(bars[-1], forming)
        self.told_range(answer)

    def expected_bars(self, question, answer):
        """Bars of the truth that an answer must hold, and when the one in progress opens."""
        if question["end"] != "":
            end = utc(question["end"])
            start = self.truth.start_of(end, question["duration"])
            return self.truth.bars(question["size"], start, end), None
        # The answer says which moment it was made at: within the last bar that it holds.
        last = self.instant_of(answer["bars"][-1]["time"])
        seconds = seconds_of(question["size"])
        most = self.market_time(answer["when"]["answeredAt"], False) + SLACK_SECONDS
        # A bar that has only just closed is not there yet, and the next one is still empty.
        least = self.market_time(answer["when"]["askedAt"], True) - 2 * seconds - SLACK_SECONDS
        require(least <= last <= most, f"the last bar opens at {last}, not near the present")
        first = self.instant_of(answer["bars"][0]["time"])
        length = int(question["duration"].split()[0])
        require(abs(last - first - length) <= 2 * seconds, f"{last - first} s, not {length}")
        return self.truth.bars(question["size"], first, last), last

    def told_range(self, answer):
        """The range that is told with bars, by libraries that pass it on, is that of the bars."""
        if "range" not in answer:
            return
        for name, bar in [("start", answer["bars"][0]), ("end", answer["bars"][-1])]:
            found = answer["range"][name]
            same(found, range_text(bar["time"]), f"the {name} of the range")

    def same_bar(self, bar, true, question):
        """A whole bar of trades, or of a price that lies some ticks from it."""
        self.same_time(bar["time"], true["time"], question["format"])
        at = f"of the bar at {true['time']}"
        ticks = {"BID": -1, "ASK": 1}.get(question["what"], 0) * exact(self.task["minTick"])
        for name in ["open", "high", "low", "close"]:
            same(exact(bar[name]), true[name] + ticks, f"{name} {at}")
        if question["what"] != "TRADES":
            for name in ["volume", "average", "count"]:
                same(bar[name], -1, f"{name} {at}")
            return
        same(exact(bar["volume"]), true["volume"], f"volume {at}")
        self.same_average(bar)
        self.same_count(bar, true, question)

    def same_average(self, bar):
        """The gateway says the typical price for the volume-weighted one, which no file has."""
        typical = sum(exact(bar[name]) for name in ["open", "high", "low", "close"]) / 4
        off = abs(exact(bar["average"]) - typical)
        require(off < exact("1e-6"), f"the average is {bar['average']}, not {float(typical)}")

    def same_count(self, bar, true, question):
        """No file has the number of trades: that of a larger bar is the sum of its minutes'."""
        require(bar["count"] == int(bar["count"]) >= 1, f"the count is {bar['count']}")
        require(bar["count"] <= true["volume"], "more trades than volume")
        known = self.minute_counts()
        counts = [known[time] for time in true["minutes"] if time in known]
        if not counts and question["size"] == "1 min" and true["time"] > min(self.seconds()):
            counts = [part["count"] for part in self.seconds_in(true["time"], true["time"] + 60)]
        if counts:
            same(bar["count"], sum(counts), f"the count of the bar at {true['time']}")

    def minute_counts(self):
        """The trades of each minute, as the first question for minutes was answered."""
        if self.known_counts is None:
            bars = self.answers["minutes"]["bars"]
            self.known_counts = {self.instant_of(bar["time"]): bar["count"] for bar in bars}
        return self.known_counts
