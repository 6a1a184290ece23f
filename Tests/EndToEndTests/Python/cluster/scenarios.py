"""What is done to a running cluster, and what its clients may notice of it.

Each scenario is a coroutine that does one fault and waits for its signs; it answers with a note for the table. Beside it
stands the allowance: what the fault explains. Afterwards the checker waits until all is well and gives its verdict.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from checker import Checker, Row
from findings import NOTHING, Allowance
from market import STREAMS
from processes import until
from store_faults import demote_redis, overwrite_log, redis_away, second_gateway
from stores import Redis, Value, log_key, nats_publish, nats_subjects, redis_channels
from topology import HEARTBEAT_TIMEOUT, NATS, Cluster, Node

TAKEOVER_LIMIT = 5.0

# Events of the exchange are lost while nobody is connected to it; states go on from a new snapshot.
UPSTREAM_AWAY = Allowance(event_gaps=frozenset({"upstream"}))
LEADER_AWAY = Allowance(event_gaps=frozenset({"upstream", "failover"}))
# What could not be kept of one stream.
LOG_AWAY = Allowance(event_gaps=frozenset({"failover", "edge"}), state_gaps=frozenset({"failover", "edge"}))
EDGE_AWAY = Allowance(disconnects=True)
HISTORY_AWAY = Allowance(
    event_gaps=frozenset({"upstream", "failover", "edge"}),
    state_gaps=frozenset({"failover", "edge"}),
    unrecovered=True,
    refusals=True,
)


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


async def steady(bench: Bench) -> str:
    """Nothing happens, and nobody notices anything."""
    await asyncio.sleep(3)
    return ""


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


async def all_ready(bench: Bench) -> str:
    start = time.monotonic()
    await bench.cluster.leader()
    for edge in bench.cluster.edges:
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    return f"all ready again after {time.monotonic() - start:.1f} s"


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


async def swallow_a_message(bench: Bench) -> str:
    """A node does not hear the last messages of a stream that then falls quiet: its clients have them within 3 s."""
    cluster, checker = bench.cluster, bench.checker
    edge = inhabited_edge(bench)
    proxy = cluster.proxies[cluster.edges.index(edge)]
    followed = [
        following.stream
        for client in checker.clients
        if client.socket is not None and client.url == edge.clients
        for following in client.streams.values()
        if following.stream.kind != "kline"
    ]
    stream = bench.dice.choice(followed)
    sieve = proxy.swallow(stream)
    try:
        await until(lambda: sieve.swallowed > 0, f"a message of {stream} is swallowed", 15)
        cluster.simulator.pause()
        # What the exchange had sent before is on its way for a moment.
        await asyncio.sleep(0.3)
        proxy.let_through()
        waited = await until(lambda: not checker.behind({stream: checker.newest[stream]}), f"{stream} is healed", 3)
    finally:
        proxy.let_through()
        cluster.simulator.proceed()
    return f"{sieve.swallowed} messages of {stream} were healed after {waited:.1f} s of silence"


def inhabited_edge(bench: Bench) -> Node:
    """Clients that lost their node stay at another: the one that came back has none for a while."""
    return bench.dice.choice([edge for edge in bench.cluster.edges if inhabitants(bench, edge) > 0])


def inhabitants(bench: Bench, edge: Node) -> int:
    """How many clients are connected to a node."""
    return sum(1 for client in bench.checker.clients if client.socket is not None and client.url == edge.clients)


# Bad input

GARBAGE = [
    b"",
    b"\0",
    b"garbage",
    b"{\"op\":\"gap\"}",
    bytes(40),
    b"\x01" + bytes(39),
    b"\x01\x00\x00\x00" + b"\xff" * 36,
    b"\xff" * 4096,
    "Zürich\u2028".encode() * 100,
    bytes(700_000),
]  # fmt: skip


async def foreign_publisher(bench: Bench) -> str:
    """Somebody publishes garbage under our names: nobody notices."""
    cluster = bench.cluster
    payloads = [*GARBAGE, *(bench.dice.randbytes(bench.dice.randint(1, 400)) for _ in range(50))]
    chosen = bench.dice.sample(STREAMS, 5)
    if cluster.kind == NATS:
        await nats_publish(
            cluster.nats_port,
            [(name, payload) for stream in chosen for name in nats_subjects(stream) for payload in payloads],
        )
    else:
        client = await Redis.open(cluster.redis_port)
        for stream in chosen:
            for name in redis_channels(stream):
                for payload in payloads:
                    await client.call("PUBLISH", name, payload)
        client.close()
    await all_ready(bench)
    return f"{len(chosen) * 3 * len(payloads)} messages of garbage"


# Seconds after which the logs have gone on far enough for a whole state behind it.
SPOILED = 120

SPOIL = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 3)
if #last < 3 then return 0 end
redis.call('XDEL', KEYS[1], last[2][1])
local number = string.match(last[1][1], '^(%d+)')
redis.call('XADD', KEYS[1], number .. '-1', 'p', ARGV[1])
return 1
"""


async def corrupt_history(bench: Bench) -> str:
    """Of every stream an entry is taken out and one of garbage put in. Then clients resume across it."""
    client = await Redis.open(bench.cluster.redis_port)
    spoiled: list[Value] = [await client.call("EVAL", SPOIL, 1, log_key(stream), b"\x01garbage") for stream in STREAMS]
    client.close()
    count = sum(1 for answer in spoiled if answer == 1)
    bench.spoiled_until = time.monotonic() + SPOILED
    hint = f"are the keys still named like {log_key(STREAMS[0])}?"
    assert count > len(STREAMS) // 2, f"only {count} streams had a history to spoil; {hint}"
    await kill_edge(bench)
    return f"{count} streams spoiled"


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


SCENARIOS = [
    Scenario("steady", steady, NOTHING),
    Scenario("kill -9 an edge", kill_edge, EDGE_AWAY),
    Scenario("kill -9 an edge while Redis restarts", kill_edge_without_redis, EDGE_AWAY),
    Scenario("kill -9 the leader", kill_leader, LEADER_AWAY),
    Scenario("SIGSTOP the leader", stop_leader, LEADER_AWAY),
    Scenario("restart the broker", restart_broker, NOTHING),
    Scenario("cut the upstream", cut_upstream, UPSTREAM_AWAY),
    Scenario("rolling restart of edges", restart_edges, EDGE_AWAY),
    Scenario("a foreign publisher", foreign_publisher, NOTHING),
    Scenario("a second gateway on the same servers", second_gateway, NOTHING),
    Scenario("Redis is away with its data", redis_away, NOTHING),
    Scenario("Redis is demoted", demote_redis, NOTHING),
    Scenario("a string in the place of a log", overwrite_log, LOG_AWAY),
    Scenario("a corrupt history", corrupt_history, HISTORY_AWAY | EDGE_AWAY),
    Scenario("swallow the last message of a stream", swallow_a_message, NOTHING),
    Scenario("silent ingestors", silent_ingestors, LEADER_AWAY),
    Scenario("restart Redis empty", restart_redis_empty, HISTORY_AWAY | EDGE_AWAY),
]
# What can be tried without brokers.
STANDALONE_SCENARIOS = [scenario for scenario in SCENARIOS if scenario.run in (steady, cut_upstream)]


async def run_one(bench: Bench, scenario: Scenario) -> Row:
    is_spoiled = time.monotonic() < bench.spoiled_until
    bench.checker.begin(scenario.allowance | HISTORY_AWAY if is_spoiled else scenario.allowance)
    note = await scenario.run(bench)
    return await bench.checker.end(scenario.name, note)
