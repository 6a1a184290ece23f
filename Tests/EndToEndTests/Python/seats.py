#!/usr/bin/env python3
"""Usage: seats.py FIRST SECOND SECRET

Two nodes, which let in one connection of a user between them. The one is held at the first node when the test kills that node; some
seconds later the second lets the user in.
"""

import asyncio
import time

import jwt
import websockets
from gateway import Message, check, http, main, say, told
from websockets.asyncio.client import ClientConnection, connect


async def come(node: str, token: str) -> ClientConnection | None:
    """None where there is no place."""
    try:
        return await connect(node.replace("http", "ws") + "/ws", additional_headers={"Authorization": f"Bearer {token}"})
    except websockets.InvalidStatus as error:
        check(error.response.status_code, 429, node)
        return None


async def counted(node: str) -> str:
    scope: str = (await http(f"{node}/stats"))[1]["admission"]["connections_counted"]
    return scope


async def script(first: str, second: str, secret: str) -> Message:
    token = jwt.encode({"sub": "ann", "exp": int(time.time()) + 600}, secret, algorithm="HS256")
    for node in (first, second):
        check(await counted(node), "all_nodes", node)
    held = await come(first, token)
    assert held is not None, "no place for the first"
    for node in (second, first):
        check(await come(node, token), None, node)
    say("held")
    await told("killed")
    start = time.monotonic()
    check(await come(second, token), None, "what the killed node had counts until its lease is over")
    while (client := await come(second, token)) is None:
        await asyncio.sleep(0.05)
    waited = time.monotonic() - start
    check(await come(second, token), None, "one more at the second")
    admission = (await http(f"{second}/stats"))[1]["admission"]
    check((admission["connections_counted"], admission["connections_counted_alone"]), ("all_nodes", 0), second)
    await client.close()
    return {"waited": round(waited, 2)}


main(script, deadline=80)
