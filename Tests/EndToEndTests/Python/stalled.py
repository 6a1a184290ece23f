#!/usr/bin/env python3
"""Usage: stalled.py GATEWAY_HTTP   (a gateway with FANOUT_CALLBACK_TIMEOUT=1)

A client that asks for much and reads nothing is dropped, and its neighbours notice neither the one nor the other.
"""

import asyncio

from bare import BareClient
from gateway import Client, Message, check, http, main

BOOK = '{"op":"%s","args":["depth:1000:BTCUSDT"]}'


async def neighbour(url: str, is_over: asyncio.Event) -> float:
    """Follows streams; answers the longest time that it waited for a message."""
    client = await Client.open(url)
    await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT", "depth:1000:BTCUSDT")
    await client.follow_streams(5, "ticker:BTCUSDT", "trade:BTCUSDT", "depth:1000:BTCUSDT")
    loop = asyncio.get_running_loop()
    longest, last = 0.0, loop.time()
    while not is_over.is_set():
        await client.next()
        longest, last = max(longest, loop.time() - last), loop.time()
    check(client.gaps, [])
    return longest


async def stall(gateway: str, is_over: asyncio.Event) -> float:
    client = await BareClient.open(gateway.replace("http", "ws") + "/ws", receive_buffer=4096)
    loop = asyncio.get_running_loop()
    start = loop.time()
    # Each subscription answers with the whole book.
    while (await http(f"{gateway}/stats"))[1]["connections"]["slow_consumers_closed"] == 0:
        assert loop.time() - start < 15, "a client that reads nothing is kept"
        for operation in ("subscribe", "unsubscribe") * 4:
            client.send(BOOK % operation)
        await asyncio.sleep(0.05)
    dropped = loop.time() - start
    is_over.set()
    await asyncio.wait_for(client.ended(), 10)
    return dropped


async def script(gateway: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    is_over = asyncio.Event()
    dropped, *waits = await asyncio.gather(stall(gateway, is_over), *(neighbour(url, is_over) for _ in range(3)))
    assert max(waits) < 1, f"a neighbour waited {max(waits):.2f} s"
    return {"dropped_after": round(dropped, 2), "longest_wait": round(max(waits), 3)}


main(script)
