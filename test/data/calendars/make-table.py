"""Writes the tables of this folder; see README.md. Usage: python make-table.py"""

from pathlib import Path

import exchange_calendars
import pandas
import pandas_market_calendars

FOLDER = Path(__file__).parent
DAY_MINUTES = 24 * 60


def clock(day, instant):
    """The UTC time of an instant, with a leading "<" when it lies on the day before."""
    minutes = round((instant - day.tz_localize("UTC")).total_seconds() / 60)
    mark = "<" if minutes < 0 else ""
    minutes %= DAY_MINUTES
    return f"{mark}{minutes // 60:02}:{minutes % 60:02}"


def runs(schedule):
    """Joins neighboring weekdays with the same hours into lines `first last hours...`."""
    lines = []
    for day, times in schedule.iterrows():
        hours = " ".join(clock(day, each) for each in times if each == each)
        run = lines[-1] if lines else None
        if run and run[2] == hours and len(pandas.bdate_range(run[1], day)) == 2:
            run[1] = day
        else:
            lines.append([day, day, hours])
    return [f"{first.date()} {last.date()} {hours}\n" for first, last, hours in lines]


def write(name, source, schedule):
    rows = runs(schedule)
    (FOLDER / f"{name}.txt").write_text(f"# {source}\n" + "".join(rows))
    print(name, len(schedule), "sessions,", len(rows), "lines")


def from_exchange_calendars(name, first, last):
    calendar = exchange_calendars.get_calendar(name, start=first, end=last)
    schedule = calendar.schedule[["open", "break_start", "break_end", "close"]]
    source = f"exchange_calendars {exchange_calendars.__version__}, {name}, {first} to {last}"
    write(f"{name.lower()}", source, schedule)


def from_market_calendars(name, file, first, last):
    calendar = pandas_market_calendars.get_calendar(name)
    schedule = calendar.schedule(first, last)[["market_open", "market_close"]]
    version = pandas_market_calendars.__version__
    write(file, f"pandas_market_calendars {version}, {name}, {first} to {last}", schedule)


from_exchange_calendars("XNYS", "1990-01-01", "2030-12-31")
from_exchange_calendars("CMES", "2012-11-19", "2030-12-31")
from_exchange_calendars("XSHG", "2000-01-01", "2026-12-31")
from_market_calendars("NYSE", "nyse", "1990-01-01", "2030-12-31")
from_market_calendars("CME Globex Equity", "cme-globex-equity", "2012-11-19", "2030-12-31")
