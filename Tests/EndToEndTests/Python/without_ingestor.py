#!/usr/bin/env python3
"""Usage: without_ingestor.py NODE_HTTP      A node that has its broker, hears no ingestor, and is to be ready all the same."""

from gateway import Client, check, http, main


async def script(node: str) -> None:
    check(await http(f"{node}/ready"), (200, {"ok": True}))
    status, health = await http(f"{node}/health")
    check((status, health["status"], health["broker"], health["ingestor"]), (503, "degraded", "connected", "silent"))
    assert "ingestor: no heartbeat of an ingestor heard yet" in health["problems"], health
    client = await Client.open(node.replace("http", "ws") + "/ws")
    check((await client.reply({"op": "ping"}))["op"], "pong", "a newcomer")


main(script)
