#!/usr/bin/env python3
"""Usage: simulated.py GATEWAY_HTTP      Every message of every dialect says that it is simulated."""

import asyncio

from gateway import Client, check, http, main


async def script(gateway: str) -> None:
    url = gateway.replace("http", "ws") + "/ws"
    op = await Client.open(url)
    streams = ["ticker:BTCUSDT", "depth:BTCUSDT", "trade:BTCUSDT", "kline:1m:BTCUSDT"]
    await op.subscribe(*streams)
    seen: set[str] = set()
    while len(seen) < len(streams):
        message = await op.next(lambda message: "data" in message)
        check(message["source"], "simulator", f"{message}")
        seen.add(message["stream"])
    action = await Client.open(url)
    action.last["ticker.btc_usdt"] = None
    await action.reply({"action": "subscribe", "streams": ["ticker.btc_usdt"]})
    guide = await Client.open(gateway.replace("http", "ws") + "/")
    check((await guide.next())["type"], "welcome", "at the root, clients of the guide are greeted at once")
    request = {"type": "subscribe", "exchange": "bybit", "symbol": "BTCUSDT"}
    check(await guide.reply(request), {**request, "type": "subscribed"})
    for client in (action, guide):
        for _ in range(5):
            message = await client.next()
            check(message["source"], "simulator", f"{message}")
    # The node may have begun to listen behind the first heartbeat: the next comes within a second.
    while "simulated" not in (health := (await http(f"{gateway}/health"))[1]):
        await asyncio.sleep(0.05)
    check(health["simulated"], True)


main(script)
