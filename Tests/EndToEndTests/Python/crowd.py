#!/usr/bin/env python3
"""Usage: crowd.py GATEWAY_HTTP GATEWAY_PID      (over a market of 40 symbols)

100 clients come and go at random for some seconds, in good and in bad manners, often the last of a stream and the first
again in one moment. One that stays misses nothing, everybody who joins gets its data, and the gateway is at rest when all
have left.
"""

import asyncio
import random

from gateway import Client, Message, check, cpu_seconds, http, main, until

SECONDS = 5.0
CLIENTS = 100
STREAMS = [f"{kind}:{symbol}" for kind in ("ticker", "depth:200") for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT")]

# So many that most have one subscriber or none.
RARE = [f"ticker:SIM{number:04}USDT" for number in range(21, 41)]


async def settled(url: str, end: float) -> int:
    client = await Client.open(url)
    await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT", "depth:BTCUSDT")
    count = 0
    while asyncio.get_running_loop().time() < end:
        await client.next()
        count += 1
    check(client.gaps, [])
    await client.close()
    return count


async def visitor(url: str, end: float, dice: random.Random) -> int:
    visits = 0
    while asyncio.get_running_loop().time() < end:
        client = await Client.open(url)
        for _ in range(dice.randint(1, 3)):
            chosen = dice.sample(STREAMS, dice.randint(0, 1)) + dice.sample(RARE, 1)
            check((await client.subscribe(*chosen))["args"], chosen)
            # Subscribed means: a snapshot and what follows it.
            await client.follow_streams(2, *chosen)
            if dice.random() < 0.7:
                check((await client.unsubscribe(*chosen))["args"], chosen)
        if dice.random() < 0.5:
            client.socket.transport.abort()
        else:
            await client.close()
        visits += 1
    return visits


async def script(gateway: str, pid: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    end = asyncio.get_running_loop().time() + SECONDS
    one = asyncio.create_task(settled(url, end + 0.5))
    visits = await asyncio.gather(*(visitor(url, end, random.Random(seed)) for seed in range(CLIENTS)))
    messages = await one

    async def is_empty() -> bool:
        stats = (await http(f"{gateway}/stats"))[1]
        return stats["connections"]["active_connections"] == 0 and stats["pubsub"]["total_subscriptions"] == 0

    await until(is_empty, "all have left")
    before = cpu_seconds(pid)
    await asyncio.sleep(1)
    busy = cpu_seconds(pid) - before
    assert busy < 0.5, f"an empty gateway used {busy:.2f} s of processor time in a second"
    check((await http(f"{gateway}/health"))[0], 200)
    # And the first to come after all had left gets data.
    last = await Client.open(url)
    await last.subscribe(*STREAMS)
    await last.follow_streams(2, *STREAMS)
    return {"visits": sum(visits), "settled": messages, "idle_cpu": round(busy, 2)}


main(script, deadline=40)
