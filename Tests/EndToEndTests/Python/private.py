#!/usr/bin/env python3
"""Usage: private.py GATEWAY GATEWAY ALICE BOB

Alice and bob, by their tokens, at two nodes of one gateway. Says `subscribed` when alice listens for her orders: then the test publishes
two of them and says `published`, and once more when alice has gone. Only she gets them, at either node, without a hole or a repeat.
"""

import asyncio
import json

import websockets
from gateway import WAIT, Message, check, main, say, told
from websockets.asyncio.client import connect

STREAM = "orders.alice"


async def answer(socket: websockets.asyncio.client.ClientConnection, request: Message) -> Message:
    await socket.send(json.dumps(request))
    return await heard(socket)


async def heard(socket: websockets.asyncio.client.ClientConnection) -> Message:
    message: Message = json.loads(await asyncio.wait_for(socket.recv(), WAIT))
    return message


async def refused(url: str, status: int, **options: object) -> str:
    """The body of a handshake that must be refused."""
    try:
        await connect(url, **options)
    except websockets.InvalidStatus as error:
        check(error.response.status_code, status, url)
        return error.response.body.decode()
    raise AssertionError(f"{url} was let in")


async def ready(url: str, token: str) -> None:
    """A node fetches the provider's keys when it has started; before it has them it says that it can't judge."""
    while True:
        try:
            return await (await connect(f"{url}?token={token}")).close()
        except websockets.InvalidStatus as error:
            check(error.response.status_code, 503, url)
            await asyncio.sleep(0.05)


async def script(first: str, second: str, alice: str, bob: str) -> Message:
    for url in (first, second):
        await ready(url, alice)
    check("send a token" in await refused(first, 401), True, "without a token")
    forged = alice[:-8] + ("A" * 8 if alice[-8:] != "A" * 8 else "B" * 8)
    reason = await refused(f"{first}?token={forged}", 401)
    check(forged in reason, False, "the token in its refusal")
    await refused(f"{first}?token={bob}", 400, additional_headers={"Authorization": f"Bearer {alice}"})

    hers = await connect(first, subprotocols=["bearer", alice])
    check(hers.subprotocol, "bearer")
    reply = await answer(hers, {"op": "subscribe", "args": [STREAM]})
    check(reply["args"], [STREAM])
    token = reply["resume"]["token"]
    his = await connect(second, additional_headers={"Authorization": f"Bearer {bob}"})
    for request in (
        {"op": "subscribe", "args": [STREAM]},
        {"op": "resume", "positions": {STREAM: {"epoch": 1, "sequence": 0}}},
    ):
        rejected = (await answer(his, request))["rejected"]
        check([(each["arg"], each["code"]) for each in rejected], [(STREAM, "FORBIDDEN")])
    check((await answer(his, {"op": "resume", "token": token}))["code"], "INVALID_RESUME_TOKEN")
    check((await answer(his, {"op": "auth", "token": alice}))["code"], "UNAUTHORIZED")
    say("subscribed")

    await told("published")
    orders = [await heard(hers) for _ in range(2)]
    check([order["seq"] for order in orders], [1, 2])
    check([order["data"] for order in orders], [{"n": 1}, {"n": 2}])
    position = {"epoch": orders[0]["epoch"], "sequence": 2}
    await hers.close()
    say("gone")

    await told("published")
    again = await connect(f"{second}?token={alice}")
    reply = await answer(again, {"op": "resume", "positions": {STREAM: position}})
    check([(each["recovered"], each["from"], each["to"]) for each in reply["streams"]], [(True, 3, 3)])
    order = await heard(again)
    check((order["seq"], order["data"]), (3, {"n": 3}))
    check((await answer(his, {"op": "ping"}))["op"], "pong", "bob has heard of none of it")
    check((await answer(again, {"op": "auth", "token": alice}))["user"], "alice")
    await again.close()
    await his.close()
    return {"orders": 3}


if __name__ == "__main__":
    main(script, deadline=120)
