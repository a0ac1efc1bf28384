"""The market as its file tells it, and larger bars made of it without a line of Barline."""

import csv
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cache

# Shanghai has no daylight saving.
ZONE = timezone(timedelta(hours=8))
ZONE_NAME = "Asia/Shanghai"
# Trading hours in seconds of the day: 09:30 to 11:30 and 13:00 to 15:00.
HOURS = [(34_200, 41_400), (46_800, 54_000)]
SECONDS = {"secs": 1, "sec": 1, "min": 60, "mins": 60, "hour": 3_600, "hours": 3_600}
BAR_FIELDS = ["open", "high", "low", "close", "volume"]


def exact(number):
    """A number of a file or of JSON as an exact fraction of its shortest decimal form."""
    return exact_text(str(number))


@cache
def exact_text(text):
    return Fraction(text)


class Truth:
    """Bars of a minute from a file, ascending, as dictionaries of exact fractions."""

    def __init__(self, path):
        self.minutes = []
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                opened = datetime.fromisoformat(row["open_time"].replace("Z", "+00:00"))
                bar = {name: exact(row[name]) for name in BAR_FIELDS}
                self.minutes.append({"time": int(opened.timestamp()), **bar})
        self.days = sorted({local(bar["time"]).date() for bar in self.minutes})
        self.by_time = {bar["time"]: bar for bar in self.minutes}

    @cache
    def bars(self, size, start, end):
        """
        Bars of a size that open in `[start, end)`, each with the minutes that make it up; the time
        of a day is its date as text.
        """
        return [bar for opened, bar in self.all_bars(size) if start <= opened < end]

    @cache
    def all_bars(self, size):
        seconds = None if size == "1 day" else seconds_of(size)
        groups = {}
        for bar in self.minutes:
            groups.setdefault(opening(bar["time"], seconds), []).append(bar)
        result = []
        for opened, parts in groups.items():
            time = opened if seconds else local(opened).strftime("%Y%m%d")
            minutes = [part["time"] for part in parts]
            result.append((opened, {**merged(parts), "time": time, "minutes": minutes}))
        return result

    def minute(self, time):
        """The bar of the minute that an instant lies in."""
        return self.by_time[time - time % 60]

    @cache
    def start_of(self, end, duration):
        """Where a duration that ends at an instant begins."""
        count, unit = duration.split()
        if unit == "W":
            return end - int(count) * 7 * 86_400
        opened = [bar["time"] for bar in self.minutes if bar["time"] < end]
        if unit == "S":
            minutes, rest = divmod(int(count), 60)
            assert rest == 0, "durations are whole minutes here"
            return opened[-minutes] - (0 if end % 60 == 0 else 60 - end % 60)
        days = sorted({local(time).date() for time in opened})[-int(count) :]
        return min(time for time in opened if local(time).date() == days[0])

    def sessions(self, start, end):
        """Stretches of trading that begin in `[start, end)`, as a schedule writes them."""
        result = []
        for day in self.days:
            for begin, stop in HOURS:
                if start <= midnight(day) + begin < end:
                    text = day.strftime("%Y%m%d")
                    result.append([f"{text}-{clock(begin)}", f"{text}-{clock(stop)}", text])
        return result

    def hours_text(self, first, days):
        """The hours of some days from a date on, as contract details write them."""
        words = []
        for day in (first + timedelta(days=each) for each in range(days)):
            text = day.strftime("%Y%m%d")
            if day not in self.days:
                words.append(f"{text}:CLOSED")
                continue
            for begin, stop in HOURS:
                words.append(f"{text}:{short(begin)}-{text}:{short(stop)}")
        return ";".join(words)


def local(epoch):
    return datetime.fromtimestamp(epoch, ZONE)


def midnight(day: date):
    return int(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp())


def clock(seconds):
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def short(seconds):
    return clock(seconds)[:5].replace(":", "")


def seconds_of(size):
    count, unit = size.split()
    return int(count) * SECONDS[unit]


def opening(time, seconds):
    """
    When the bar around an instant opens: on multiples of its size by the wall clock, but never
    before its stretch of trading. Without a size, when the day does.
    """
    day = midnight(local(time).date())
    if seconds is None:
        return day + HOURS[0][0]
    [begin] = [begin for begin, stop in HOURS if begin <= time - day < stop]
    return day + max(begin, (time - day) // seconds * seconds)


def merged(parts):
    """One bar made of several."""
    return {
        "open": parts[0]["open"],
        "high": max(part["high"] for part in parts),
        "low": min(part["low"] for part in parts),
        "close": parts[-1]["close"],
        "volume": sum(part["volume"] for part in parts),
    }


def utc(text):
    """An instant of a request, `20240304-07:00:00`, in epoch seconds."""
    return int(datetime.strptime(text + "+0000", "%Y%m%d-%H:%M:%S%z").timestamp())
