"""What scenarios work with, and what several of them ask of a cluster."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from checker import Checker
from findings import Allowance
from processes import until
from topology import Cluster, Node


@dataclass
class Bench:
    """What scenarios work with."""

    cluster: Cluster
    checker: Checker
    dice: random.Random
    # Until then the history may hold what was spoiled: whoever reads it across that finds a hole.
    spoiled_until: float = 0


Fault = Callable[[Bench], Awaitable[str]]


@dataclass(frozen=True)
class Scenario:
    name: str
    run: Fault
    allowance: Allowance


async def all_ready(bench: Bench) -> str:
    start = time.monotonic()
    await bench.cluster.leader()
    for edge in bench.cluster.edges:
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    return f"all ready again after {time.monotonic() - start:.1f} s"


def inhabited_edge(bench: Bench) -> Node:
    """Clients that lost their node stay at another: the one that came back has none for a while."""
    return bench.dice.choice([edge for edge in bench.cluster.edges if inhabitants(bench, edge) > 0])


def inhabitants(bench: Bench, edge: Node) -> int:
    """How many clients are connected to a node."""
    return sum(1 for client in bench.checker.clients if client.socket is not None and client.url == edge.clients)
