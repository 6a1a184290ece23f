#!/usr/bin/env python3
"""Usage: keys.py GATEWAY DOCUMENT KEY DIGEST

A gateway whose document has one API key, with this digest. It is taken in each of its places; what it may not read is refused; when the
document loses it, its connections are closed with 4403 and it is refused.
"""

import asyncio
import json
from pathlib import Path

import websockets
from gateway import WAIT, Message, check, main
from websockets.asyncio.client import ClientConnection, connect

DOCUMENT = """
version: 1
policies:
  - {{streams: trade.*, access: role:trader}}
  - {{streams: "orders.{{user}}", access: owner}}
keys:
  - {{id: charts, sha256: {charts}, user: site, roles: [{role}], streams: ["ticker.*", "trade.*", "orders.$sub"]}}
"""
GONE = """
version: 1
keys:
  - {{id: other, sha256: {other}}}
"""


async def subscribed(client: ClientConnection) -> Message:
    names = ["ticker:BTCUSDT", "trade:BTCUSDT", "depth:BTCUSDT", "orders.site", "orders.other"]
    await client.send(json.dumps({"op": "subscribe", "args": names}))
    reply: Message = json.loads(await asyncio.wait_for(client.recv(), WAIT))
    forbidden = [each["arg"] for each in reply["rejected"] if each["code"] == "FORBIDDEN"]
    return {"in": reply["args"], "out": forbidden}


async def heard(client: ClientConnection, word: str) -> Message:
    while True:
        message: Message = json.loads(await asyncio.wait_for(client.recv(), 30))
        if message.get("op") == word:
            return message


async def refused(url: str, status: int, **options: object) -> None:
    try:
        await connect(url, **options)
    except websockets.InvalidStatus as error:
        return check(error.response.status_code, status, url)
    raise AssertionError("it was let in")


async def script(gateway: str, document: str, key: str, digest: str) -> Message:
    await refused(gateway, 401)
    await refused(f"{gateway}/{key}x", 401)
    await refused(f"{gateway}?token=a.b.c", 401)
    await refused(f"{gateway}/{key}", 400, additional_headers={"X-API-Key": "another"})
    clients = [
        await connect(gateway, additional_headers={"X-API-Key": key}),
        await connect(f"{gateway}?api_key={key}"),
        await connect(f"{gateway}/{key}"),
    ]
    for client in clients:
        got = await subscribed(client)
        check(got["in"], ["ticker:BTCUSDT", "trade:BTCUSDT", "orders.site"])
        check(got["out"], ["depth:BTCUSDT", "orders.other"])
    # The key stands for somebody without the role: what that one may not have ends.
    Path(document).write_text(DOCUMENT.format(charts=digest, role="reader"))
    for client in clients:
        notice = await heard(client, "rejected")
        check([(each["arg"], each["code"]) for each in notice["rejected"]], [("trade:BTCUSDT", "FORBIDDEN")])
    Path(document).write_text(GONE.format(other="0" * 64))
    for client in clients:
        try:
            await asyncio.wait_for(heard(client, "never"), 60)
        except websockets.ConnectionClosed as closed:
            check(closed.rcvd and closed.rcvd.code, 4403)
    await refused(f"{gateway}/{key}", 401)
    return {"clients": len(clients)}


if __name__ == "__main__":
    main(script, deadline=200)
