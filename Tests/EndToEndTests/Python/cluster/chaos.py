"""A seeded random sequence of faults on a running cluster, some of them two at a time."""

import asyncio
import time
from collections.abc import Callable

from bench import Bench, Scenario
from checker import Row
from scenarios import SCENARIOS, run_one

# Faults that go together: neither waits for what the other has taken away.
PAIRS = [
    ("kill -9 an edge", "kill -9 the leader"),
    ("kill -9 an edge", "cut the upstream"),
    ("kill -9 an edge", "restart the broker"),
    ("cut the upstream", "a foreign publisher"),
    ("rolling restart of edges", "cut the upstream"),
]


def draw(bench: Bench) -> Scenario:
    """The next fault: one of all, or now and then two at once, which together explain what both do."""
    if bench.dice.random() < 0.7:
        return bench.dice.choice(SCENARIOS)
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    first, second = (by_name[name] for name in bench.dice.choice(PAIRS))
    delay = bench.dice.uniform(0, 1)

    async def both(bench: Bench) -> str:
        async def later() -> str:
            await asyncio.sleep(delay)
            return await second.run(bench)

        notes = await asyncio.gather(first.run(bench), later())
        return "; ".join(note for note in notes if note)

    return Scenario(f"{first.name} + {second.name}", both, first.allowance | second.allowance)


async def run_chaos(bench: Bench, seconds: float, rows: list[Row], say: Callable[[str], None]) -> None:
    """Until the time is over; raises at the first broken promise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        scenario = draw(bench)
        say(f"{max(0.0, end - time.monotonic()):5.0f} s left: {scenario.name}")
        rows.append(await run_one(bench, scenario))
        await asyncio.sleep(bench.dice.uniform(0, 3))
