#!/usr/bin/env python3
"""Usage: leaving.py GATEWAY_HTTP DRAIN_DELAY DRAIN_SECONDS

The gateway is told to stop while clients are there. It says at once that it is not ready, and takes clients until its delay is
over. Then every client hears `going_away`, gets its data for as long as it was told it could stay, and then gets 1001, also
one that never answers the close; nobody is let in any more.
"""

import asyncio
import http.client
import time
from urllib.parse import urlsplit

from bare import BareClient
from gateway import Client, Message, check, http as fetch, main, parts, say
from websockets.exceptions import ConnectionClosed

CLOSED = (1001, "Server going away")
LATE = 5  # seconds that a busy machine may need for anything


async def farewell(client: Client, key: str) -> Message:
    """The client stays for as long as it may. Every message that it gets is the next of its stream."""
    notice = await client.next(lambda message: message.get(key) == "going_away")
    heard = time.monotonic()
    assert notice["resumeToken"], notice
    frames = 0
    try:
        while True:
            message = await client.read()
            frames += "data" in message
    except ConnectionClosed as closed:
        stayed = time.monotonic() - heard
        assert closed.rcvd is not None, "no close frame"
        check((closed.rcvd.code, closed.rcvd.reason), CLOSED)
    told = notice["reconnectAfterMs"] / 1000
    assert told - 0.1 <= stayed <= told + LATE, f"told to go within {told} s, and closed after {stayed} s"
    # The exchange's stand-in sends some tickers a second.
    assert frames > 0 or told < 2, f"no data in the {told} s until the close"
    return {"told": told, "stayed": stayed, "frames": frames}


async def deaf_client(client: BareClient) -> None:
    check(await client.close_frame(), CLOSED)
    await asyncio.wait_for(client.ended(), 10)


async def probe(gateway: str, kept: http.client.HTTPConnection, delay: float) -> Message:
    """What a load balancer sees from the signal on, and a client that it sends here all the same."""
    began = time.monotonic()
    while (page := await fetch(f"{gateway}/ready"))[0] == 200:
        assert time.monotonic() < began + 10, "still ready"
        await asyncio.sleep(0.02)
    told = time.monotonic()
    check(page[0], 503, "/ready")
    assert "draining" in page[1]["reason"], page
    late = await Client.open(gateway.replace("http", "ws") + "/ws")
    notice = await late.next(lambda message: message.get("op") == "going_away")
    assert time.monotonic() - told >= delay - 0.5, "told to go before the delay was over"
    assert notice["reconnectAfterMs"] >= 0, notice
    status, page = await fetch(f"{gateway}/ready")
    check(status, 0, f"a new connection: {page}")
    try:
        status = await asyncio.to_thread(ready, kept)
    except (ConnectionError, http.client.HTTPException):
        status = 0
    assert status in (0, 503), f"a kept connection: {status}"
    # It goes as it should, and is not waited for.
    await late.close()
    return {"kept_connection": status}


def ready(connection: http.client.HTTPConnection) -> int:
    connection.request("GET", "/ready")
    with connection.getresponse() as response:
        response.read()
        return response.status


async def script(gateway: str, delay: str, seconds: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    clients = []
    for _ in range(4):
        op = await Client.open(url)
        await op.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
        await op.follow_streams(1, "ticker:BTCUSDT")
        clients.append(op)
    action = await Client.open(url)
    action.last["ticker.btc_usdt"] = None
    await action.reply({"action": "subscribe", "streams": ["ticker.btc_usdt"]})
    deaf = await BareClient.open(url)
    kept = http.client.HTTPConnection(urlsplit(gateway).netloc, timeout=10)
    check(await asyncio.to_thread(ready, kept), 200)
    say("ready")
    results = await parts(
        **{f"op{number}": farewell(client, "op") for number, client in enumerate(clients)},
        action=farewell(action, "action"),
        deaf=deaf_client(deaf),
        probe=probe(gateway, kept, float(delay)),
    )
    stays = [part["stayed"] for part in results.values() if "stayed" in part]
    assert max(stays) <= float(seconds) - float(delay) + LATE, results
    return results


main(script)
