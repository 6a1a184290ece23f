#!/usr/bin/env python3
"""Usage: full.py GATEWAY_URL      (a gateway with MAX_CLIENTS_TOTAL=2)"""

from gateway import Client, check, main, until
from websockets.exceptions import InvalidStatus


async def script(url: str) -> None:
    clients = [await Client.open(url) for _ in range(2)]
    try:
        await Client.open(url)
        raise AssertionError("one client too many was let in")
    except InvalidStatus as refusal:
        check(refusal.response.status_code, 503)
        assert int(refusal.response.headers["Retry-After"]) > 0
    for client in clients:
        check((await client.reply({"op": "ping"}))["op"], "pong", "those inside stay")
    await clients.pop().close()

    async def has_place() -> bool:
        try:
            clients.append(await Client.open(url))
            return True
        except InvalidStatus:
            return False

    await until(has_place, "the place of the client that left")
    await clients[-1].subscribe("ticker:BTCUSDT")
    await clients[-1].follow_streams(2, "ticker:BTCUSDT")


main(script)
