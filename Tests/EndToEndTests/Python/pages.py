#!/usr/bin/env python3
"""Usage: pages.py NODE_HTTP      The pages of an edge node that is alone, in the shapes that operators' tools know."""

from gateway import Client, check, http, main


async def script(node: str) -> None:
    status, index = await http(f"{node}/")
    check((status, set(index)), (200, {"name", "version", "websocket", "health", "ready"}))
    status, ready = await http(f"{node}/ready")
    check((status, ready["ok"]), (503, False))
    assert "broker: " in ready["reason"] and "ingestor: " in ready["reason"], ready
    # Alone it has neither broker nor ingestor, and says so.
    status, health = await http(f"{node}/health?any=query")
    check((status, health["status"], health["upstream"], health["broker"]), (503, "degraded", "unknown", "disconnected"))
    check((health["connections"], health["pubsub_listener"], health["ingestor"]), (0, "disconnected", "silent"))
    assert any(problem.startswith("broker: ") for problem in health["problems"]), health
    client = await Client.open(node.replace("http", "ws") + "/ws")
    check((await client.reply({"op": "ping"}))["op"], "pong")
    status, stats = await http(f"{node}/stats")
    check((status, set(stats)), (200, {"connections", "admission", "upstream", "pubsub", "log_lines_dropped"}))
    keys = {"active_connections", "total_connections_lifetime", "total_messages_sent", "avg_subscriptions_per_client"}
    assert keys | {"max_limit"} <= set(stats["connections"]), stats
    check((stats["connections"]["active_connections"], stats["connections"]["total_messages_sent"]), (1, 1))
    check(await http(f"{node}/nothing"), (404, {"error": "Not found"}))
    check((await http(f"{node}/ws"))[0], 400, "a plain request for the WebSocket")
    check((await http(f"{node}/echo"))[0], 404, "the echo is off")
    check((await http(f"{node}/ready", "POST"))[0], 405)


main(script)
