#!/usr/bin/env python3
"""Usage: visit.py NODE_WS      A client that comes, subscribes to a stream, waits for its data, and leaves."""

from gateway import Client, main


async def script(node: str) -> None:
    client = await Client.open(node)
    await client.subscribe("ticker:BTCUSDT")
    await client.data("tidegate.futures.ticker.BTCUSDT")
    await client.close()


main(script)
