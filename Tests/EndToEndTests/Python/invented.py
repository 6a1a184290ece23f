#!/usr/bin/env python3
"""Usage: invented.py GATEWAY_HTTP SIMULATOR_HTTP

Five clients ask for random names of 32 letters as fast as they may, while the exchange is 150 ms away; honest clients ask for
streams that nobody had wanted, and nothing that they have ends.
"""

import asyncio
import json
import random
import string
import time

from gateway import Client, Message, check, http, main

SECONDS = 6.0
RATE = 100
HONEST = [f"{kind}:{symbol}" for kind in ("ticker", "depth") for symbol in ("ETHUSDT", "SOLUSDT", "XRPUSDT")]


async def invent(url: str, until: float) -> int:
    client = await Client.open(url)

    async def read() -> None:
        async for _ in client.socket:
            pass

    reading = asyncio.create_task(read())
    asked = 0
    while time.monotonic() < until:
        for _ in range(RATE // 20):
            name = "".join(random.choices(string.ascii_uppercase, k=32))
            await client.socket.send(json.dumps({"op": "subscribe", "args": [f"ticker:{name}"]}))
            asked += 1
        await asyncio.sleep(0.05)
    reading.cancel()
    await client.close()
    return asked


async def first_data(url: str, stream: str) -> float:
    client = await Client.open(url)
    start = time.monotonic()
    await client.subscribe(stream)
    await client.next(lambda message: "data" in message)
    waited = time.monotonic() - start
    await client.close()
    return waited


async def script(gateway: str, simulator: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    standing = await Client.open(url, ping_interval=20)
    await standing.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
    check((await http(f"{simulator}/faults/delay?milliseconds=150", "POST"))[0], 200)
    end = time.monotonic() + SECONDS
    hostile = [asyncio.create_task(invent(url, end)) for _ in range(5)]
    waits: list[float] = []
    for index, stream in enumerate(HONEST):
        await asyncio.sleep(max(0.0, end - SECONDS + 0.2 + index * SECONDS / len(HONEST) - time.monotonic()))
        waits.append(await first_data(url, stream))
    asked = sum(await asyncio.gather(*hostile))
    assert max(waits) < 3, f"an honest stream came after {max(waits):.1f} s"
    # The standing client is told of no end of what it has.
    start = standing.last["tidegate.futures.ticker.BTCUSDT"]
    while (standing.last["tidegate.futures.ticker.BTCUSDT"] or 0) < (start or 0) + 20:
        message = await standing.read()
        assert message.get("op") != "rejected", message
    refused = (await http(f"{simulator}/stats"))[1]["refusals"]
    return {"waits": [round(wait, 2) for wait in waits], "asked": asked, "refused": refused}


main(script)
