#!/usr/bin/env python3
"""Usage: idle.py GATEWAY_URL       (a gateway with CLIENT_IDLE_TIMEOUT=1)

A silent client is closed; one that only listens is not, nor one that answers pings. None of them says anything.
"""

import asyncio

from bare import BareClient
from gateway import Client, Message, check, main, parts


async def silent(url: str) -> float:
    client = await BareClient.open(url)
    start = asyncio.get_running_loop().time()
    check(await client.close_frame(), (4000, "Idle timeout"))
    await client.ended()
    return round(asyncio.get_running_loop().time() - start, 1)


async def listener(url: str) -> int:
    client = await BareClient.open(url)
    client.send('{"op":"subscribe","args":["ticker:BTCUSDT"]}')
    end = asyncio.get_running_loop().time() + 4
    frames = 0
    while asyncio.get_running_loop().time() < end:
        opcode, payload = await client.frame()
        assert opcode != 8, f"closed while it was listening: {payload!r}"
        frames += 1
    return frames


async def talker(url: str) -> None:
    client = await Client.open(url)
    for _ in range(8):
        check((await client.reply({"op": "ping"}))["op"], "pong")
        await asyncio.sleep(0.5)


async def script(url: str) -> Message:
    return await parts(silent=silent(url), listener=listener(url), talker=talker(url))


main(script)
