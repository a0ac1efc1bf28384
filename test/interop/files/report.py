"""Says what is right and what is not, and counts it."""

import sys


class Report:
    def __init__(self):
        self.failures = 0

    def say(self, is_ok, who, what):
        self.failures += 0 if is_ok else 1
        print(f"{'ok    ' if is_ok else 'FAILED'}  {who:<26}  {what}", flush=True)

    def end(self):
        sys.exit(1 if self.failures else 0)
