"""Asks a gateway every question of a task with Interactive Brokers' own client, `ibapi`."""

import inspect
import queue
import threading
import time
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
from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.wrapper import EWrapper

SECONDS_TO_ANSWER = 20
# The current version of `ibapi` goes by another name on PyPI.
PACKAGES = ["ibapi", "nautilus_ibapi"]


def bar_of(bar):
    average = bar.wap if hasattr(bar, "wap") else bar.average
    return {
        "time": bar.date,
        "open": bar.open,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
        "volume": plain(bar.volume),
        "average": plain(average),
        "count": bar.barCount,
    }


def details_of(details):
    contract = {name: plain(getattr(details.contract, name)) for name in CONTRACT_FIELDS}
    # A version that does not know a field has no such attribute.
    fields = {name: plain(getattr(details, name, None)) for name in DETAIL_FIELDS}
    return {"contract": contract, **fields}


class Client(EWrapper, EClient):
    """Puts what is heard into one queue for each request."""

    def __init__(self):
        EClient.__init__(self, self)
        self.heard = {}
        self.lock = threading.Lock()

    def of(self, request_id):
        with self.lock:
            return self.heard.setdefault(request_id, queue.Queue())

    def tell(self, request_id, kind, value=None):
        self.of(request_id).put((kind, value, now()))

    # Older versions give no time of an error.
    def error(self, request_id, *rest):
        numbers = [each for each in rest if isinstance(each, int)]
        texts = [each for each in rest if isinstance(each, str)]
        self.tell(request_id, "error", {"code": numbers[-1], "message": texts[0]})

    def nextValidId(self, orderId):
        self.tell("ready", "id", orderId)

    def managedAccounts(self, accountsList):
        self.tell("accounts", "accounts", accountsList.split(","))

    def currentTime(self, time):
        self.tell("time", "time", time)

    def position(self, account, contract, position, avgCost):
        self.tell("positions", "position", {"account": account, "symbol": contract.symbol})

    def positionEnd(self):
        self.tell("positions", "end")

    def contractDetails(self, reqId, contractDetails):
        self.tell(reqId, "contract", details_of(contractDetails))

    def contractDetailsEnd(self, reqId):
        self.tell(reqId, "end")

    def historicalData(self, reqId, bar):
        self.tell(reqId, "bar", bar_of(bar))

    def historicalDataEnd(self, reqId, start, end):
        self.tell(reqId, "end", {"start": start, "end": end})

    def historicalDataUpdate(self, reqId, bar):
        self.tell(reqId, "update", bar_of(bar))

    def historicalSchedule(self, reqId, startDateTime, endDateTime, timeZone, sessions):
        spans = [[each.startDateTime, each.endDateTime, each.refDate] for each in sessions]
        schedule = {"start": startDateTime, "end": endDateTime, "timeZone": timeZone}
        self.tell(reqId, "schedule", {**schedule, "sessions": spans})

    def headTimestamp(self, reqId, headTimestamp):
        self.tell(reqId, "head", headTimestamp)

    def realtimeBar(self, reqId, time, open_, high, low, close, volume, wap, count):
        values = [time, open_, high, low, close, plain(volume), plain(wap), count]
        names = ["time", "open", "high", "low", "close", "volume", "average", "count"]
        self.tell(reqId, "bar", dict(zip(names, values)))

    def until(self, request_id, *last):
        """What is heard of a request up to the first of some kinds, an error among them."""
        heard = []
        end = now() + SECONDS_TO_ANSWER
        while not heard or heard[-1][0] not in (*last, "error"):
            try:
                heard.append(self.of(request_id).get(timeout=max(0.0, end - now())))
            except queue.Empty:
                return {"unanswered": True, "heard": [kind for kind, _, _ in heard]}
        if heard[-1][0] == "error":
            return {"error": heard[-1][1]}
        return {"heard": heard}


class Asker:
    """Asks the questions of a task, one after another."""

    def __init__(self, client, task):
        self.client = client
        self.task = task
        self.next_id = 100

    def ask(self, question):
        """The answer; where it was asked too fast, together with the other clients, a later one."""
        for _ in range(TRIES):
            answer = getattr(self, question["ask"].replace("-", "_"))(question)
            if not is_too_fast(answer):
                break
            time.sleep(PAUSE_SECONDS)
        return answer

    def contract_of(self, question):
        contract = Contract()
        for name, value in asked_contract(self.task, question).items():
            setattr(contract, name, value)
        return contract

    def fresh_id(self):
        self.next_id += 1
        return self.next_id

    def current_time(self, _question):
        asked_at = now()
        self.client.reqCurrentTime()
        answer = self.client.until("time", "time")
        if "heard" not in answer:
            return answer
        [(_, epoch, heard_at)] = answer["heard"]
        return {"epoch": epoch, "when": {"askedAt": asked_at, "answeredAt": heard_at}}

    def accounts(self, _question):
        self.client.until("accounts", "accounts")
        self.client.reqManagedAccts()
        answer = self.client.until("accounts", "accounts")
        return {"accounts": answer["heard"][0][1]} if "heard" in answer else answer

    def positions(self, _question):
        self.client.reqPositions()
        answer = self.client.until("positions", "end")
        if "heard" not in answer:
            return answer
        return {"positions": [value for _, value, _ in answer["heard"][:-1]]}

    def contract_details(self, question):
        request_id = self.fresh_id()
        self.client.reqContractDetails(request_id, self.contract_of(question))
        answer = self.client.until(request_id, "end")
        if "heard" not in answer:
            return answer
        return {"details": [value for _, value, _ in answer["heard"][:-1]]}

    def schedule(self, question):
        answer = self.request_history(
            self.fresh_id(), {**question, "size": "1 day", "what": "SCHEDULE"}, "schedule"
        )
        return answer["heard"][0][1] if "heard" in answer else answer

    def head_timestamp(self, question):
        request_id = self.fresh_id()
        contract = self.contract_of(question)
        self.client.reqHeadTimeStamp(
            request_id, contract, question["what"], int(question["regular"]), question["format"]
        )
        answer = self.client.until(request_id, "head")
        self.client.cancelHeadTimeStamp(request_id)
        return {"head": answer["heard"][0][1]} if "heard" in answer else answer

    def request_history(self, request_id, question, last, stays=False):
        self.client.reqHistoricalData(
            request_id,
            self.contract_of(question),
            question["end"],
            question["duration"],
            question["size"],
            question["what"],
            int(question["regular"]),
            question.get("format", 1),
            stays,
            [],
        )
        return self.client.until(request_id, last)

    def history(self, question):
        asked_at = now()
        answer = self.request_history(self.fresh_id(), question, "end")
        if "heard" not in answer:
            return answer
        *bars, (_, span, heard_at) = answer["heard"]
        when = {"askedAt": asked_at, "answeredAt": heard_at}
        return {"bars": [value for _, value, _ in bars], "range": span, "when": when}

    def updates(self, question):
        request_id = self.fresh_id()
        answer = self.request_history(request_id, question, "end", True)
        if "heard" not in answer:
            return answer
        seed = [value for _, value, _ in answer["heard"][:-1]]
        updates, when = self.listen(request_id, question["bars"], "update")
        self.client.cancelHistoricalData(request_id)
        after, cancelled = self.after_cancel(request_id, question["quiet"], "update")
        result = {"seed": seed, "updates": updates, "afterCancel": after, "when": when}
        return {**result, "cancelled": cancelled} if cancelled else result

    def real_time_bars(self, question):
        request_id = self.fresh_id()
        self.client.reqRealTimeBars(
            request_id, self.contract_of(question), 5, question["what"], question["regular"], []
        )
        bars, when = self.listen(request_id, question["bars"], "bar")
        self.client.cancelRealTimeBars(request_id)
        after, _ = self.after_cancel(request_id, question["quiet"], "bar")
        return {"bars": bars, "afterCancel": after, "when": when}

    def listen(self, request_id, bars, kind):
        """Everything a stream says until it has begun so many bars, and when each came."""
        heard, when = [], []
        while len({each["time"] for each in heard}) < bars:
            answer = self.client.until(request_id, kind)
            if "heard" not in answer:
                raise RuntimeError(f"the stream ended: {answer}")
            heard.append(answer["heard"][0][1])
            when.append(answer["heard"][0][2])
        return heard, when

    def after_cancel(self, request_id, quiet, kind):
        """How much a stream still says after its cancel has arrived, and how that was told."""
        # Messages come in order: by this answer the gateway has read the cancel.
        self.current_time(None)
        time.sleep(quiet / 2)
        heard = self.client.of(request_id)
        error = None
        while not heard.empty():
            told, value, _ = heard.get()
            error = value if told == "error" else error
        time.sleep(quiet / 2)
        late = sum(1 for told, _, _ in list(heard.queue) if told == kind)
        return late, error


def main():
    task = read_task()
    [(name, version)] = [
        (package, metadata.version(package))
        for package in PACKAGES
        if any(True for each in metadata.distributions() if each.metadata["Name"] == package)
    ]
    client = Client()
    client.connect(task["host"], task["port"], task["clientId"])
    # Without a thread that is a daemon, a client that hangs would keep the process.
    threading.Thread(target=client.run, daemon=True).start()
    ready = client.until("ready", "id")
    asker = Asker(client, task)
    answers = {"connection": {"nextId": ready["heard"][0][1]}}
    knows_schedules = "historicalSchedule" in dict(inspect.getmembers(EWrapper))
    for question in task["questions"]:
        if question["ask"] == "schedule" and not knows_schedules:
            continue
        answers[question["name"]] = asker.ask(question)
    notices = [value for kind, value, _ in list(client.of(-1).queue) if kind == "error"]
    answers["notices"] = {"notices": notices}
    server_version = client.serverVersion()
    client.disconnect()
    write_answers(name, version, server_version, answers)


main()
