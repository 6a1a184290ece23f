"""From an older release to this one, to version 2 of what processes write for each other, and all the way back: process by
process, while the clients come back at every step. They miss nothing and get nothing twice, but for what an ingestor that
ends explains.
"""

import time
from dataclasses import dataclass

from bench import Bench, Fault, Scenario
from market import STREAMS
from node_faults import kill_edge, kill_leader, restart_edges, takeover
from nodes import Node, Programs
from processes import Trouble
from scenarios import EDGE_AWAY, LEADER_AWAY
from stores import Redis, log_key

# Of which something comes all the time.
TICKER = next(stream for stream in STREAMS if stream.kind == "ticker")

# Seconds that an older release gets to end in good order.
GRACE = 8


@dataclass(frozen=True)
class Release:
    """What a process is replaced by."""

    programs: Programs
    wire: str | None
    """WIRE_VERSION; None for a release that does not know it."""

    may_hang: bool
    """Whether an ingestor of it may go on for ever once it is told to end: releases before this one did, now and then, when
    all else was done. Whoever runs it kills it then, as Kubernetes does."""

    def put(self, node: Node, program: str) -> None:
        """It must not run; it starts as this from now on."""
        process = node.process
        process.command = [self.programs.path(program)]
        process.environment.pop("WIRE_VERSION", None)
        if self.wire:
            process.environment["WIRE_VERSION"] = self.wire


async def end(node: Node, may_hang: bool) -> None:
    process = node.process
    if not may_hang:
        return await process.stop()
    try:
        await process.stop(GRACE)
    except Trouble:
        if not process.is_running:
            raise
        await process.kill()


def to_ingestors(release: Release, replaced: Release) -> Fault:
    """The standby first; then the leader is ended, and the other takes over."""

    async def replace(bench: Bench) -> str:
        cluster = bench.cluster
        leader = await cluster.leader()
        standby = cluster.other(leader)
        await end(standby, replaced.may_hang)
        release.put(standby, "ingestor")
        standby.process.start()
        await cluster.standby_is_up(standby)
        before, start = bench.checker.epoch, time.monotonic()
        await end(leader, replaced.may_hang)
        note = await takeover(bench, before, start)
        release.put(leader, "ingestor")
        leader.process.start()
        await cluster.standby_is_up(leader)
        written = await newest_version(cluster.redis_port)
        assert written == int(release.wire or 1), f"records are written in version {written}, not {release.wire or 1}"
        return note

    return replace


async def newest_version(redis_port: int) -> int:
    """In which version the newest record of a stream's log is."""
    client = await Redis.open(redis_port)
    entries = await client.call("XREVRANGE", log_key(TICKER), "+", "-", "COUNT", 1)
    client.close()
    assert isinstance(entries, list) and entries, f"{TICKER} has no log"
    record = entries[0][1][1]
    return int(record[0])


def to_edges(release: Release) -> Fault:
    """One after the other: its clients go to nodes of the other release, and come back."""

    async def replace(bench: Bench) -> str:
        return await restart_edges(bench, lambda edge: release.put(edge, "edge-node"))

    return replace


def steps(old: Programs, new: Programs) -> list[Scenario]:
    """The cluster runs as `old` before them, and after them."""
    before, here, here_two = Release(old, None, True), Release(new, "1", False), Release(new, "2", False)
    found: list[Scenario] = []
    replaced = before
    for name, release, ingestors_first in (
        ("this release", here, True),
        ("WIRE_VERSION=2", here_two, False),
        ("WIRE_VERSION=1 again", here, True),
        ("the older release again", before, False),
    ):
        pair = [
            Scenario(f"{name}: ingestors", to_ingestors(release, replaced), LEADER_AWAY),
            Scenario(f"{name}: edges", to_edges(release), EDGE_AWAY),
        ]
        found += pair if ingestors_first else reversed(pair)
        # And what upgrades are not: they end without a word.
        found.append(Scenario(f"{name}: kill -9 an edge", kill_edge, EDGE_AWAY))
        found.append(Scenario(f"{name}: kill -9 the leader", kill_leader, LEADER_AWAY))
        replaced = release
    return found
