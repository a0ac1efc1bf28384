"""
Compares what clients read from a gateway with the truth, field by field, and then shows that each
field counts: it changes one after another, and every change has to be found.

    check.py TASK ANSWERS [TASK ANSWERS]...
"""

import json
import sys

from answers import Answers
from expect import same
from plants import places, planted
from truth import Truth

EXTRA = [
    {"name": "connection", "ask": "connection"},
    {"name": "notices", "ask": "notices"},
]


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def shape_of(answers, bar):
    """A bar in a form that is the same for all clients: its time first."""
    time = bar["time"]
    day = time.get("day") if isinstance(time, dict) else time if len(time) == 8 else None
    opened = day or answers.instant_of(time)
    return (opened, *(bar[name] for name in sorted(bar) if name != "time"))


def between(shapes, start, end):
    return [each for each in shapes if start <= each[0] < end]


class Report:
    """Every client's answers, checked one after another."""

    def __init__(self, all_answers):
        self.all = all_answers
        self.failures = 0

    def say(self, is_ok, who, what):
        self.failures += 0 if is_ok else 1
        print(f"{'ok    ' if is_ok else 'FAILED'}  {who:<26}  {what}", flush=True)

    def who(self, answers):
        return f"{answers.result['client']} at {answers.result['serverVersion']}"

    def problem(self, answers, question, answer):
        """What is wrong with an answer; None where nothing is."""
        try:
            answers.check(question, answer)
            self.agreement(answers, question, answer)
        except AssertionError as error:
            return str(error)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            return f"it has another form: {error!r}"
        return None

    def agreement(self, answers, question, answer):
        """What clients were told of the same past is the same, whoever asked."""
        if question.get("ask") != "history" or "bars" not in answer:
            return
        mine = [shape_of(answers, bar) for bar in answer["bars"]]
        for other in self.all:
            bars = other.answers.get(question["name"], {}).get("bars")
            if other is answers or bars is None:
                continue
            theirs = [shape_of(other, bar) for bar in bars]
            if question["end"] == "":
                # Those who ask later are told of later bars; the last one may be in progress.
                start, end = max(mine[0][0], theirs[0][0]), min(mine[-1][0], theirs[-1][0])
                same(between(mine, start, end), between(theirs, start, end), "what both were told")
            else:
                same(mine, theirs, "what both were told")

    def asked(self, answers):
        """The questions that a client has answered, with their answers."""
        for question in [*EXTRA, *answers.task["questions"]]:
            if question["name"] in answers.answers:
                yield question, answers.answers[question["name"]]

    def check_all(self):
        for answers in self.all:
            for question, answer in self.asked(answers):
                problem = self.problem(answers, question, answer)
                self.say(problem is None, self.who(answers), f"{question['name']}{told(problem)}")

    def plant_all(self):
        """Changes every field, one at a time; the check has to find each."""
        for answers in self.all:
            planted_count, escaped = 0, []
            for question, answer in self.asked(answers):
                for path in places(answer, question.get("edges", True)):
                    planted_count += 1
                    if not self.is_found(answers, question, planted(answer, path)):
                        escaped.append(f"{question['name']}: {'.'.join(map(str, path))}")
            what = f"{planted_count} faults planted, {planted_count - len(escaped)} found"
            self.say(not escaped, self.who(answers), what)
            for each in escaped[:20]:
                print(f"          not found: {each}")

    def is_found(self, answers, question, answer):
        if self.problem(answers, question, answer) is not None:
            return True
        # The checks of other answers may rest on this one.
        name = question["name"]
        true = answers.answers[name]
        answers.answers[name] = answer
        answers.forget()
        try:
            return any(
                self.problem(answers, each, others) is not None
                for each, others in self.asked(answers)
            )
        finally:
            answers.answers[name] = true
            answers.forget()


def told(problem):
    return "" if problem is None else f": {problem}"


def main():
    files = [read(path) for path in sys.argv[1:]]
    truth = Truth(files[0]["bars"])
    pairs = zip(files[::2], files[1::2])
    report = Report([Answers(truth, task, result) for task, result in pairs])
    report.check_all()
    if report.failures == 0:
        report.plant_all()
    sys.exit(1 if report.failures else 0)


main()
