"""What is done to the processes of a cluster: killed, paused, restarted, cut off."""

import asyncio
import time
from collections.abc import Callable

from bench import Bench, all_ready, inhabitants, inhabited_edge
from market import STREAMS
from processes import until
from topology import HEARTBEAT_TIMEOUT, Node

TAKEOVER_LIMIT = 5.0


async def kill_edge(bench: Bench) -> str:
    """kill -9: its clients go to others, resume, and miss nothing. Then it comes back."""
    checker = bench.checker
    edge = inhabited_edge(bench)
    lost = checker.disconnects + inhabitants(bench, edge)
    await edge.process.kill()
    await until(lambda: checker.disconnects >= lost, "its clients notice", 10)
    await until(lambda: not bench.checker.absent(), "all clients are back", 20)
    edge.process.start()
    await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    return ""


async def kill_edge_without_redis(bench: Bench) -> str:
    """kill -9 of an edge and of Redis: who resumes while the history is away for a moment waits for it, and misses nothing."""
    checker, cluster = bench.checker, bench.cluster
    edge = inhabited_edge(bench)
    lost = checker.disconnects + inhabitants(bench, edge)
    await cluster.redis.kill()
    try:
        await edge.process.kill()
        await until(lambda: checker.disconnects >= lost, "its clients notice", 10)
        await until(lambda: not checker.homeless(), "all are connected again", 10)
        # Others are answered from what a node still has of an earlier resume.
        waiting = len(checker.absent())
    finally:
        await cluster.start_redis()
    await until(lambda: not checker.absent(), "all clients are back", 20)
    edge.process.start()
    await all_ready(bench)
    return f"{waiting} clients waited for the history"


async def kill_leader(bench: Bench) -> str:
    """kill -9: the standby takes over, a client hears it within the limit. Then the killed one comes back as standby."""
    leader = await bench.cluster.leader()
    before = bench.checker.epoch
    start = time.monotonic()
    await leader.process.kill()
    note = await takeover(bench, before, start)
    leader.process.start()
    await bench.cluster.standby_is_up(leader)
    return note


async def stop_leader(bench: Bench) -> str:
    """SIGSTOP until the standby leads, then SIGCONT: what it still has to say is of no consequence."""
    cluster, leader = bench.cluster, await bench.cluster.leader()
    before = bench.checker.epoch
    start = time.monotonic()
    leader.process.pause()
    try:
        note = await takeover(bench, before, start)
        # Long enough that what it was about to write lies well behind what the other has written.
        await asyncio.sleep(1)
    finally:
        leader.process.proceed()
    await cluster.standby_is_up(leader)
    assert await cluster.leader() is not leader, f"{leader.process.name} leads again after SIGCONT"
    return note


async def takeover(bench: Bench, before: int, start: float) -> str:
    """Measures until the first client hears a higher epoch, and waits until every stream has it."""
    checker = bench.checker
    await until(lambda: checker.epoch > before, "a client hears a new epoch", 20)
    first = min(moment for epoch, moment in checker.epochs.items() if epoch > before) - start
    assert first <= TAKEOVER_LIMIT, f"a client heard the new epoch after {first:.1f} s, allowed are {TAKEOVER_LIMIT:g} s"

    def is_everywhere() -> bool:
        return all(checker.newest[stream][0] > before for stream in STREAMS)

    await until(is_everywhere, "every stream goes on under the new epoch", 20)
    return f"new epoch after {first:.2f} s, on all streams after {time.monotonic() - start:.1f} s"


async def restart_broker(bench: Bench) -> str:
    """kill -9 and start: what was published meanwhile is read from the history."""
    await bench.cluster.broker.kill()
    await bench.cluster.start_broker()
    return await all_ready(bench)


async def restart_redis_empty(bench: Bench) -> str:
    """The history and the leader's lease are gone. Clients are told, and nothing is passed off as the old numbering."""
    cluster = bench.cluster
    before = bench.checker.epoch
    await cluster.redis.kill()
    cluster.wipe()
    await cluster.start_redis()
    note = await all_ready(bench)
    # And somebody resumes from positions that the new history never had.
    await kill_edge(bench)
    assert bench.checker.epoch >= before
    return note


async def cut_upstream(bench: Bench) -> str:
    """The exchange drops its connections."""
    tap = bench.checker.tap
    before = tap.connections
    await bench.cluster.fault("drop")
    await until(lambda: tap.connections > before and tap.blind_since is None, "the tap is back")
    return ""


async def restart_edges(bench: Bench, prepare: Callable[[Node], None] = lambda _: None) -> str:
    """SIGTERM, one node after the other: clients are told to go, get 1001, and miss nothing. `prepare` is called with each
    before it is started again."""
    checker = bench.checker
    before = checker.farewells
    for edge in bench.cluster.edges:
        heard, expected = checker.farewells, inhabitants(bench, edge)
        lost = checker.disconnects + expected
        await edge.process.stop()
        # Until then a client may still pass for one that is connected, and be counted at no node while it comes back.
        await until(lambda: checker.disconnects >= lost, "its clients notice", 10)
        heard = checker.farewells - heard
        assert heard == expected, f"{edge.process.name} had {expected} clients, and {heard} heard going_away"
        await until(lambda: not bench.checker.absent(), "all clients are back", 20)
        prepare(edge)
        edge.process.start()
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    return f"{checker.farewells - before} farewells"


async def silent_ingestors(bench: Bench) -> str:
    """Both ingestors are killed: the nodes turn unhealthy and say why. Then one comes back, and they recover."""
    cluster = bench.cluster
    for node in cluster.ingestors:
        await node.process.kill()
    limit = HEARTBEAT_TIMEOUT + 5
    waited = await until(lambda: all_blame_the_ingestor(cluster.edges), "each node's /health names the ingestor", limit)
    for node in cluster.ingestors:
        node.process.start()
    note = await all_ready(bench)
    return f"unhealthy after {waited:.1f} s; {note}"


async def all_blame_the_ingestor(edges: list[Node]) -> bool:
    pages = [await edge.page("/health") for edge in edges]
    return all(status == 503 and health.get("ingestor") == "silent" for status, health in pages)
