"""What is done to the stores of a running cluster beside killing them: see `scenarios.py`."""

import asyncio
from typing import TYPE_CHECKING

from market import STREAMS
from processes import until
from stores import Redis, log_key, redis_answers
from topology import LEADER_LEASE

if TYPE_CHECKING:
    from bench import Bench

# Longer than LEADER_LEASE and than QUICK's DEMAND_LEASE: neither may cost anything.
AWAY = 8.0
assert AWAY > 2 * LEADER_LEASE


async def redis_away(bench: "Bench") -> str:
    """Redis is away with its data: what the exchange sends meanwhile waits, and comes when Redis is back."""
    cluster = bench.cluster
    leader = await cluster.leader()
    dropped = await count(leader, "dropped")
    is_stopped = bench.dice.random() < 0.5
    if is_stopped:
        cluster.redis.pause()
    else:
        await cluster.redis.kill()
    try:
        await asyncio.sleep(AWAY)
    finally:
        if is_stopped:
            cluster.redis.proceed()
        else:
            await cluster.start_redis()
    assert await cluster.leader() is leader, f"{leader.process.name} does not lead again"
    for edge in cluster.edges:
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    lost = await count(leader, "dropped") - dropped
    assert lost == 0, f"{leader.process.name} dropped {lost} publications"
    return f"{'stopped' if is_stopped else 'killed'} for {AWAY:g} s"


async def count(node, name: str) -> int:  # type: ignore[no-untyped-def]
    status, stats = await node.page("/stats")
    assert status == 200
    return int(stats["publications"][name])


async def demote_redis(bench: "Bench") -> str:
    """Another becomes the primary, and the name leads there. The connections to the old one stay open, until they are left."""
    cluster = bench.cluster
    old, old_port = cluster.redis, cluster.redis_port
    port = cluster.processes.ports.take()
    new = cluster.processes.make(f"redis-{port}", cluster.redis_command(port))
    new.start()
    await until(lambda: redis_answers(port), "the second Redis answers")
    former, latter = await Redis.open(old_port), await Redis.open(port)
    # Not by an option: it must not be a replica again when it is started the next time.
    await latter.call("REPLICAOF", "127.0.0.1", old_port)
    await until(lambda: says(latter, b"master_link_status:up"), "the second Redis is a replica", 20)
    # It knows so itself before the first has heard it say so.
    await until(lambda: says(former, b"state=online"), "the first Redis takes it for one", 20)
    # Nothing that was acknowledged is lost: the old one holds writes back until the new one has all.
    await former.call("FAILOVER", "TO", "127.0.0.1", port)
    await until(lambda: says(latter, b"role:master"), "the second Redis is the primary")
    cluster.lead_to(new, port)
    await until(lambda: says(former, b"role:slave"), "the first Redis is a replica")
    waited = await until(lambda: is_left(former), "all have left the first Redis", 20)
    former.close()
    latter.close()
    await old.stop()
    await cluster.leader()
    for edge in cluster.edges:
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
    return f"left after {waited:.1f} s"


async def says(client: Redis, words: bytes) -> bool:
    answer = await client.call("INFO", "replication")
    assert isinstance(answer, bytes)
    return words in answer


async def is_left(client: Redis) -> bool:
    answer = await client.call("CLIENT", "LIST")
    assert isinstance(answer, bytes)
    return b"name=ingestor" not in answer and b"name=edge-node" not in answer


async def overwrite_log(bench: "Bench") -> str:
    """A string stands in the place of one stream's log: that stream stops, and the others go on."""
    cluster, checker = bench.cluster, bench.checker
    stream = bench.dice.choice(STREAMS)
    leader = await cluster.leader()
    client = await Redis.open(cluster.redis_port)

    async def is_named() -> bool:
        status, health = await leader.page("/health")
        return status == 503 and stream.canonical in str(health.get("reason"))

    async def is_healthy() -> bool:
        return (await leader.page("/health"))[0] == 200

    try:
        await client.call("SET", log_key(stream), "x")
        await until(is_named, f"{leader.process.name} names {stream.canonical}", 20)
        stopped, before = checker.newest[stream], dict(checker.newest)
        others = [other for other in STREAMS if other != stream]
        await until(lambda: all(checker.newest[other] > before[other] for other in others), "all other streams go on", 20)
        assert checker.newest[stream] == stopped, f"{stream.canonical} goes on without being kept"
    finally:
        await client.call("DEL", log_key(stream))
        client.close()
    waited = await until(lambda: checker.newest[stream] > stopped, f"{stream.canonical} goes on", 20)
    await until(is_healthy, f"{leader.process.name} is healthy", 10)
    return f"{stream.canonical} went on after {waited:.1f} s"


async def second_gateway(bench: "Bench") -> str:
    """Another gateway on the same servers, at another exchange: in another database of Redis, under another brand on NATS."""
    cluster = bench.cluster
    simulator, ingestor, edge = cluster.second()
    simulator.start()
    await simulator.line("simulator listening")
    ingestor.process.start()
    edge.process.start()
    try:
        await until(edge.is_ready, f"{edge.process.name} is ready", 20)
        reader = cluster.second_reader(edge)
        reader.start()
        status = await reader.ended(30)
        assert status == 0, f"the second gateway's client ended with {status}:\n{reader.tail()}"
    finally:
        for process in (edge.process, ingestor.process, simulator):
            await process.kill()
    return ""
