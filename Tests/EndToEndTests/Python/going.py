#!/usr/bin/env python3
"""Usage: going.py GATEWAY_HTTP

A client that goes as soon as it is told to, and comes back elsewhere with the token: here only its leaving is looked at.
"""

from gateway import Client, Message, main, say


async def script(gateway: str) -> Message:
    client = await Client.open(gateway.replace("http", "ws") + "/ws")
    await client.subscribe("ticker:BTCUSDT")
    await client.follow_streams(1, "ticker:BTCUSDT")
    say("ready")
    notice = await client.next(lambda message: message.get("op") == "going_away")
    await client.close()
    return {"told": notice["reconnectAfterMs"]}


main(script)
