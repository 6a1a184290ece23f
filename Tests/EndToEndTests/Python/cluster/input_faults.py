"""What is done to what a cluster reads: messages that are swallowed or foreign, a history that is spoiled."""

import asyncio
import time

from bench import Bench, all_ready, inhabited_edge
from market import STREAMS
from node_faults import kill_edge
from processes import until
from stores import Redis, Value, log_key, nats_publish, nats_subjects, redis_channels
from topology import NATS

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
