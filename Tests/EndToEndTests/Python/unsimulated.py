#!/usr/bin/env python3
"""Usage: unsimulated.py GATEWAY_HTTP [UPSTREAM]      The upstream comes to be so (disconnected), and is no simulator."""

import asyncio

from gateway import Client, check, http, main


async def script(gateway: str, upstream: str = "disconnected") -> None:
    while (health := (await http(f"{gateway}/health"))[1])["upstream"] != upstream:
        await asyncio.sleep(0.05)
    check(health["simulated"], False)
    if upstream == "connected":
        client = await Client.open(gateway.replace("http", "ws") + "/ws")
        await client.subscribe("ticker:BTCUSDT")
        message = await client.next(lambda message: "data" in message)
        assert message.get("source") != "simulator", f"{message}"


main(script)
