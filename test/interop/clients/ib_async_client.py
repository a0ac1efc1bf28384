"""Asks a gateway every question of a task with `ib_async`."""

import asyncio
import datetime
from collections import Counter
from importlib import metadata

from common import (
    CONTRACT_FIELDS,
    DETAIL_FIELDS,
    PAUSE_SECONDS,
    TRIES,
    asked_contract,
    is_too_fast,
    now,
    plain,
    read_task,
    write_answers,
)
from ib_async import IB, Contract

SECONDS_TO_ANSWER = 20


def time_of(value):
    """What the library made of a time: an instant, a day, or a time of which zone is unknown."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            return {"local": value.isoformat()}
        zone = None if value.tzinfo is datetime.timezone.utc else str(value.tzinfo)
        return {"instant": int(value.timestamp()), "zone": zone}
    return {"day": value.strftime("%Y%m%d")}


def bar_of(bar):
    return {
        "time": time_of(bar.date),
        "open": bar.open,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
        "volume": plain(bar.volume),
        "average": plain(bar.average),
        "count": bar.barCount,
    }


def real_time_bar_of(bar):
    return {
        "time": int(bar.time.timestamp()),
        "open": bar.open_,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
        "volume": plain(bar.volume),
        "average": plain(bar.wap),
        "count": bar.count,
    }


def details_of(details):
    contract = {name: plain(getattr(details.contract, name)) for name in CONTRACT_FIELDS}
    fields = {name: plain(getattr(details, name)) for name in DETAIL_FIELDS}
    return {"contract": contract, **fields}


class Asker:
    """Asks the questions of a task, one after another."""

    def __init__(self, ib, task):
        self.ib = ib
        self.task = task
        self.errors = []
        self.messages = Counter()
        self.count_messages("historicalDataUpdate")
        self.count_messages("realtimeBar")
        ib.errorEvent += self.hear_error

    def hear_error(self, request_id, code, message, _contract):
        self.errors.append((request_id, {"code": code, "message": message}))

    async def ask(self, question):
        """The answer; where it was asked too fast, together with the other clients, a later one."""
        for _ in range(TRIES):
            answer = await self.ask_once(question)
            if not is_too_fast(answer):
                break
            await asyncio.sleep(PAUSE_SECONDS)
        return answer

    async def ask_once(self, question):
        """The answer; an error of the gateway, which the library only logs, is one as well."""
        before = self.ib.client.getReqId()
        action = getattr(self, question["ask"].replace("-", "_"))
        answer = await asyncio.wait_for(action(question), SECONDS_TO_ANSWER)
        # What belongs to earlier requests, such as the echo of a cancel, is no answer to this one.
        errors = [error for request_id, error in self.errors if request_id > before]
        if question["ask"] == "updates":
            return {**answer, "cancelled": errors[0]} if errors else answer
        return {"error": errors[0]} if errors else answer

    def contract_of(self, question):
        return Contract(**asked_contract(self.task, question))

    async def current_time(self, _question):
        asked_at = now()
        time = await self.ib.reqCurrentTimeAsync()
        when = {"askedAt": asked_at, "answeredAt": now()}
        return {"epoch": int(time.timestamp()), "when": when}

    async def accounts(self, _question):
        return {"accounts": self.ib.managedAccounts()}

    async def positions(self, _question):
        positions = await self.ib.reqPositionsAsync()
        return {
            "positions": [
                {"account": each.account, "symbol": each.contract.symbol} for each in positions
            ]
        }

    async def contract_details(self, question):
        details = await self.ib.reqContractDetailsAsync(self.contract_of(question))
        return {"details": [details_of(each) for each in details]}

    async def schedule(self, question):
        schedule = await self.ib.reqHistoricalScheduleAsync(
            self.contract_of(question),
            int(question["duration"].split()[0]),
            question["end"],
            question["regular"],
        )
        spans = [[each.startDateTime, each.endDateTime, each.refDate] for each in schedule.sessions]
        return {
            "start": schedule.startDateTime,
            "end": schedule.endDateTime,
            "timeZone": schedule.timeZone,
            "sessions": spans,
        }

    async def head_timestamp(self, question):
        head = await self.ib.reqHeadTimeStampAsync(
            self.contract_of(question), question["what"], question["regular"], question["format"]
        )
        # A refusal is an empty list.
        return {"head": time_of(head) if head else None}

    async def request_history(self, question, stays=False):
        return await self.ib.reqHistoricalDataAsync(
            self.contract_of(question),
            question["end"],
            question["duration"],
            question["size"],
            question["what"],
            question["regular"],
            question["format"],
            stays,
        )

    async def history(self, question):
        asked_at = now()
        bars = await self.request_history(question)
        when = {"askedAt": asked_at, "answeredAt": now()}
        return {"bars": [bar_of(bar) for bar in bars], "when": when}

    async def updates(self, question):
        bars = await self.request_history(question, True)
        seed = [bar_of(bar) for bar in bars]
        updates, when = await self.listen(bars, bar_of, question["bars"])
        self.ib.cancelHistoricalData(bars)
        after = await self.after_cancel(bars, question["quiet"])
        return {"seed": seed, "updates": updates, "afterCancel": after, "when": when}

    async def real_time_bars(self, question):
        bars = self.ib.reqRealTimeBars(
            self.contract_of(question), 5, question["what"], question["regular"]
        )
        heard, when = await self.listen(bars, real_time_bar_of, question["bars"])
        self.ib.cancelRealTimeBars(bars)
        after = await self.after_cancel(bars, question["quiet"])
        return {"bars": heard, "afterCancel": after, "when": when}

    async def listen(self, bars, form, count):
        """Everything a stream says until it has begun so many bars, and when each came."""
        heard, when, times = [], [], set()
        done = asyncio.Event()

        def hear(all_bars, _has_new_bar):
            bar = form(all_bars[-1])
            if done.is_set():
                return
            heard.append(bar)
            when.append(now())
            times.add(str(bar["time"]))
            if len(times) == count:
                done.set()

        bars.updateEvent += hear
        await done.wait()
        bars.updateEvent -= hear
        return heard, when

    async def after_cancel(self, bars, quiet):
        """How much a stream still says after its cancel has arrived."""
        # Messages come in order: by this answer the gateway has read the cancel.
        await self.ib.reqCurrentTimeAsync()
        await asyncio.sleep(quiet / 2)
        before = self.messages[bars.reqId]
        await asyncio.sleep(quiet / 2)
        return self.messages[bars.reqId] - before

    def count_messages(self, name):
        """Counts what comes of a stream, which the library drops once it is cancelled."""
        wrapper = self.ib.wrapper
        keep = getattr(wrapper, name)

        def hear(request_id, *rest):
            self.messages[request_id] += 1
            keep(request_id, *rest)

        setattr(wrapper, name, hear)


def hear_next_ids(client):
    """The ids that the gateway names as free; the library keeps them to itself."""
    heard = []
    keep = client.updateReqId

    def hear(next_id):
        heard.append(next_id)
        keep(next_id)

    client.updateReqId = hear
    return heard


async def main():
    task = read_task()
    ib = IB()
    asker = Asker(ib, task)
    next_ids = hear_next_ids(ib.client)
    # Fails when one of the many questions that a user's client begins with is not answered.
    await ib.connectAsync(task["host"], task["port"], task["clientId"], raiseSyncErrors=True)
    [next_id] = next_ids
    answers = {"connection": {"nextId": next_id}}
    for question in task["questions"]:
        answers[question["name"]] = await asker.ask(question)
    notices = [error for request_id, error in asker.errors if request_id == -1]
    answers["notices"] = {"notices": notices}
    server_version = ib.client.serverVersion()
    ib.disconnect()
    write_answers("ib_async", metadata.version("ib_async"), server_version, answers)


asyncio.run(main())
