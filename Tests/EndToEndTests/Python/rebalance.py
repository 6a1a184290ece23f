#!/usr/bin/env python3
"""Usage: rebalance.py FIRST_HTTP SECOND_HTTP CLIENTS MOVING

Clients of the first node, which is told to send some of them away: those that are told go to the second node at once, with
their token, and go on where they were. Nobody misses or gets anything twice, and the others stay. With MOVING 0 nobody is
told, for as long as it takes for a node to answer an order.
"""

import asyncio

from gateway import Client, Message, check, http, main, say, until

STREAMS = ["ticker:BTCUSDT", "depth:BTCUSDT"]
PATIENCE = 60.0
# Of `tidegate rebalance`: it listens, and waits for the answer.
REFUSAL = 18.0


def socket(node: str) -> str:
    return node.replace("http", "ws") + "/ws"


async def come(node: str) -> Client:
    client = await Client.open(socket(node))
    await client.subscribe(*STREAMS)
    await client.follow_streams(1, *STREAMS)
    return client


async def move(client: Client, notice: Message, node: str) -> Client:
    """What was read so far is what the token stands for."""
    again = await Client.open(socket(node))
    again.last = dict(client.last)
    await client.close()
    reply = await again.ask(
        {"op": "resume", "token": notice["resumeToken"]}, lambda message: message.get("op") == "resumed"
    )
    check([part["recovered"] for part in reply["streams"]], [True, True], f"{reply}")
    # Each message must follow on the last that was read at the first node.
    await again.follow_streams(3, *STREAMS)
    return again


async def live(client: Client, node: str, finished: asyncio.Event) -> bool:
    """Whether it was told to go."""
    has_moved = False
    while not finished.is_set():
        message = await client.read()
        if message.get("op") == "going_away":
            assert not has_moved, f"told to go by both nodes: {message}"
            assert 0 <= message["reconnectAfterMs"] <= 3000, message
            client = await move(client, message, node)
            has_moved = True
    check(client.gaps, [])
    await client.close()
    return has_moved


async def count(node: str) -> int:
    connections: int = (await http(f"{node}/stats"))[1]["connections"]["active_connections"]
    return connections


async def script(first: str, second: str, clients: str, moving: str) -> Message:
    crowd = [await come(first) for _ in range(int(clients))]
    finished = asyncio.Event()
    lives = [asyncio.create_task(live(client, second, finished)) for client in crowd]
    say("ready")

    async def has_moved() -> bool:
        for task in lives:
            if task.done():
                task.result()
        return await count(second) == int(moving) and await count(first) == int(clients) - int(moving)

    if int(moving) > 0:
        await until(has_moved, "all have come to the second node", PATIENCE)
        # Whoever was told to go later than that would go now.
        await asyncio.sleep(4)
    else:
        await asyncio.sleep(REFUSAL)
    assert await has_moved(), f"{await count(first)} at the first node, {await count(second)} at the second"
    finished.set()
    moved = await asyncio.gather(*lives)
    check(sum(moved), int(moving))
    return {"moved": sum(moved)}


main(script, deadline=110)
