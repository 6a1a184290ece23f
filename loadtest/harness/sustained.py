"""The highest rate at which latency stays low, found by trying."""

import math
from collections.abc import Callable

from harness.measuring import Run
from harness.rounds import tell
from harness.tables import milliseconds, plain

# Messages per second to each client.
LOWEST, HIGHEST = 100.0, 20_000.0
# Each halves what is between, on a logarithmic scale: 8 percent in the end.
FIRST_TRIES, LATER_TRIES = 6, 4
TRY_SECONDS = 2.0
LAST_TRIES = 4


class Sustained:
    """Looks with short runs, and measures with a long one. Later rounds begin near what the one before has found."""

    def __init__(self, title: str, at: Callable[[float, float], Run], limit: float) -> None:
        self.title = title
        self.at = at
        self.limit = limit
        self.found: float | None = None

    def run(self, seconds: float) -> Run:
        rate = self.search()
        for _ in range(LAST_TRIES):
            run = self.at(rate, seconds)
            if self.holds(run):
                break
            tell(f"{self.title}: at {plain(rate)}/s for longer: p99 {milliseconds(run.latency('p99') or 0)} ms")
            rate = float(round(rate * 0.9))
        self.found = rate
        return run

    def search(self) -> float:
        low, high, tries = LOWEST, HIGHEST, FIRST_TRIES
        if self.found:
            low, high, tries = self.found / 2, self.found * 2, LATER_TRIES
        for _ in range(tries):
            rate = float(round(math.sqrt(low * high)))
            run = self.at(rate, TRY_SECONDS)
            tell(f"{self.title}: at {plain(rate)}/s to each: p99 {milliseconds(run.latency('p99') or 0)} ms")
            low, high = (rate, high) if self.holds(run) else (low, rate)
        return float(round(low))

    def holds(self, run: Run) -> bool:
        """Late messages are not all: there must have been some."""
        p99 = run.latency("p99")
        return p99 is not None and p99 <= self.limit
