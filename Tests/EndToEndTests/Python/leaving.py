#!/usr/bin/env python3
"""Usage: leaving.py GATEWAY_HTTP

The gateway is told to stop while clients are there. Every client hears `going_away` and then gets 1001, also one that
never answers the close; nobody is let in any more.
"""

import asyncio
import http.client
from urllib.parse import urlsplit

from bare import BareClient
from gateway import Client, Message, check, http as fetch, main, parts, say
from websockets.exceptions import ConnectionClosed

CLOSED = (1001, "Server going away")


async def op_client(client: Client) -> None:
    await farewell(client, "op")


async def action_client(client: Client) -> None:
    await farewell(client, "action")


async def farewell(client: Client, key: str) -> None:
    notice = await client.next(lambda message: message.get(key) == "going_away")
    assert notice["reconnectAfterMs"] >= 0, notice
    try:
        while True:
            message = await client.read()
            assert "data" not in message, f"data after the farewell: {message}"
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, "no close frame"
        check((closed.rcvd.code, closed.rcvd.reason), CLOSED)


async def deaf_client(client: BareClient) -> None:
    check(await client.close_frame(), CLOSED)
    await asyncio.wait_for(client.ended(), 10)


async def probe(gateway: str, kept: http.client.HTTPConnection, leaving: asyncio.Event) -> Message:
    await leaving.wait()
    status, page = await fetch(f"{gateway}/ready")
    assert status in (0, 503), f"a new connection: {status} {page}"
    try:
        return {"kept_connection": (await asyncio.to_thread(ready, kept))}
    except (ConnectionError, http.client.HTTPException):
        return {"kept_connection": 0}


def ready(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/ready")
    with connection.getresponse() as response:
        response.read()
        return response.status


async def script(gateway: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    op = await Client.open(url)
    await op.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
    await op.follow_streams(2, "ticker:BTCUSDT")
    action = await Client.open(url)
    action.last["ticker.btc_usdt"] = None
    await action.reply({"action": "subscribe", "streams": ["ticker.btc_usdt"]})
    deaf = await BareClient.open(url)
    kept = http.client.HTTPConnection(urlsplit(gateway).netloc, timeout=10)
    check(await asyncio.to_thread(ready, kept), 200)

    leaving = asyncio.Event()

    async def op_part() -> None:
        try:
            await op_client(op)
        finally:
            leaving.set()

    say("ready")
    results = await parts(
        op=op_part(), action=action_client(action), deaf=deaf_client(deaf), probe=probe(gateway, kept, leaving)
    )
    assert results["probe"]["kept_connection"] in (0, 503), results
    return results


main(script)
