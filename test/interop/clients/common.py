"""What the clients of every library share: their arguments, and the form of their answers."""

import json
import sys
import time

# The gateway lets nobody ask for small bars too fast, and counts the clients together.
TRIES = 20
PAUSE_SECONDS = 0.4

# Both libraries call the fields of a contract the same.
CONTRACT_FIELDS = [
    "conId", "symbol", "secType", "lastTradeDateOrContractMonth", "strike", "right", "multiplier",
    "exchange", "primaryExchange", "currency", "localSymbol", "tradingClass",
]
DETAIL_FIELDS = [
    "marketName", "minTick", "orderTypes", "validExchanges", "priceMagnifier", "underConId",
    "longName", "contractMonth", "industry", "category", "subcategory", "timeZoneId",
    "tradingHours", "liquidHours", "evRule", "evMultiplier", "aggGroup", "underSymbol",
    "underSecType", "marketRuleIds", "realExpirationDate", "stockType", "minSize",
    "sizeIncrement", "suggestedSizeIncrement",
]


def is_too_fast(answer):
    error = answer.get("error", {})
    return error.get("code") == 162 and "pacing violation" in error.get("message", "")


def plain(value):
    """A number or text as JSON can hold it; sizes are decimals in newer versions."""
    return value if value is None or isinstance(value, (int, float, str)) else float(value)


def read_task():
    """The task that the runner wrote: where the gateway is, the contract, and the questions."""
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def write_answers(name, version, server_version, answers):
    """Everything a client read, one entry a question, as its library gave it."""
    result = {
        "client": f"{name} {version}",
        "serverVersion": server_version,
        "answers": answers,
    }
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file)


def asked_contract(task, question):
    """The contract of a question: that of the task, with what the question changes."""
    return {**task["contract"], **question.get("contract", {})}


def now():
    """Seconds of this machine's wall clock."""
    return time.time()
