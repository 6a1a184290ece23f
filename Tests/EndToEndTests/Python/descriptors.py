#!/usr/bin/env python3
"""Usage: descriptors.py NODE_HTTP PID      (a node under `ulimit -n 200`)

It lets in as many clients as it said, and refuses the next with 503. Connections that ask for nothing, and a system that
has no descriptors left, cost it no processor time and nobody that is in; when there is room again it takes who comes.
"""

import asyncio
import os
import resource
from urllib.parse import urlsplit

from gateway import Client, Message, check, cpu_seconds, http, main, until
from websockets.exceptions import InvalidStatus


async def silent(node: str) -> asyncio.StreamWriter:
    address = urlsplit(node)
    return (await asyncio.open_connection(address.hostname, address.port))[1]


async def busy(pid: str) -> float:
    before = cpu_seconds(pid)
    await asyncio.sleep(1)
    return cpu_seconds(pid) - before


async def script(node: str, pid: str) -> Message:
    url = node.replace("http", "ws") + "/ws"
    limits = (await http(f"{node}/stats"))[1]["connections"]
    check((limits["descriptor_limit"], limits["max_clients_total"]), (200, 10_000))
    places = limits["max_limit"]
    assert 50 < places < 140, limits

    clients = [await Client.open(url) for _ in range(places)]
    for _ in range(3):
        try:
            await Client.open(url)
            raise AssertionError("one client too many was let in")
        except InvalidStatus as refusal:
            check(refusal.response.status_code, 503)
    check((await http(f"{node}/"))[0], 200, "a page is served to more than clients")

    # More than it has descriptors for: the kernel keeps them.
    crowd = [await silent(node) for _ in range(200)]
    idle = [await busy(pid)]
    check((await clients[0].reply({"op": "ping"}))["op"], "pong", "those inside stay")
    check(len(os.listdir(f"/proc/{pid}/fd")) < 200, True, "the process keeps some for itself")
    for connection in crowd:
        connection.close()

    async def serves() -> bool:
        return (await http(f"{node}/"))[0] == 200

    await until(serves, "pages are served again")

    # And with none at all, whoever took them.
    soft, hard = resource.prlimit(int(pid), resource.RLIMIT_NOFILE)
    resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (20, hard))
    waiting = asyncio.create_task(http(f"{node}/"))
    idle.append(await busy(pid))
    assert not waiting.done(), "it was accepted"
    check((await clients[1].reply({"op": "ping"}))["op"], "pong", "those inside stay")
    resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (soft, hard))
    check((await waiting)[0], 200, "who waited is served")
    assert max(idle) < 0.2, f"seconds of processor time in a second of waiting: {idle}"
    return {"places": places, "busy": [round(share, 2) for share in idle]}


main(script, deadline=40)
