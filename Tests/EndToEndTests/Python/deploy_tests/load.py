"""Clients that do a bit of everything, so that each panel has something to show."""

import asyncio
import contextlib
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from deploy_tests.followers import end
from deploy_tests.watched import API_KEY, USER, Watched

STREAMS = ["ticker:BTCUSDT", "kline:1m:BTCUSDT", "trade:BTCUSDT", "depth:BTCUSDT", "ticker:ETHUSDT", "trade:ETHUSDT"]
STAYING, COMING = 5, 2


async def send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


async def stay(url: str, options: dict[str, Any]) -> None:
    """Subscribes and reads, with an API key, which has private streams too."""
    async with connect(url, additional_headers={"X-API-Key": API_KEY}, **options) as socket:
        await send(socket, {"op": "subscribe", "args": [*STREAMS, f"orders.{USER}", "orders.somebody"]})
        async for _ in socket:
            pass


async def come_and_go(url: str, options: dict[str, Any]) -> None:
    """Comes back again and again: with a position that is good, and with one that nobody ever had."""
    position: dict[str, int] = {}
    number = 0
    while True:
        number += 1
        with contextlib.suppress(WebSocketException, OSError, TimeoutError):
            async with connect(url, **options) as socket:
                positions = {"trade:BTCUSDT": position} if position else {}
                positions["trade:ETHUSDT"] = {"epoch": 1, "sequence": 1}
                await send(socket, {"op": "resume", "args": ["trade:BTCUSDT"], "positions": positions})
                for _ in range(20):
                    message = json.loads(await asyncio.wait_for(socket.recv(), 5))
                    if message.get("type") == "update" and message["stream"].endswith("trade.BTCUSDT"):
                        position = {"epoch": message.get("epoch", position.get("epoch", 0)), "sequence": message["seq"]}
                    elif message.get("op") == "resumed" and (known := message["positions"].get("trade.BTCUSDT")):
                        position = known
                if number % 2:
                    socket.transport.abort()
        await asyncio.sleep(0.3)


async def be_refused(url: str, options: dict[str, Any]) -> None:
    while True:
        with contextlib.suppress(WebSocketException, OSError):
            async with connect(url, additional_headers={"X-API-Key": "wrong"}, **options):
                pass
        await asyncio.sleep(0.5)


async def trouble(watched: Watched) -> None:
    """The exchange cuts its connections and sends what can't be read; somebody publishes by hand."""
    number = 0
    while True:
        number += 1
        for fault in ("garbage", "drop"):
            await post(watched.ports["simulator"], f"/faults/{fault}")
            await asyncio.sleep(3)
        command = [watched.programs.path("tidegate"), "publish", f"orders.{USER}", json.dumps({"order": number})]
        settings = {name: watched.shared[name] for name in ("REDIS_URL", "CONTROL_KEY")}
        publisher = watched.processes.make(f"publish-{number}", command, settings)
        publisher.start()
        await publisher.ended(20)
        await asyncio.sleep(3)


async def post(port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
    await reader.read()
    writer.close()


@contextlib.asynccontextmanager
async def load(watched: Watched):  # type: ignore[no-untyped-def]
    """Under this load as long as it is entered. What fails in it fails whoever leaves it."""
    tasks = [asyncio.create_task(trouble(watched))]
    for url in watched.urls:
        options = watched.options(url) | {"max_size": None}
        for make, count in ((stay, STAYING), (come_and_go, COMING), (be_refused, 1)):
            tasks += [asyncio.create_task(make(url, options)) for _ in range(count)]
    try:
        yield
    finally:
        ended = [task for task in tasks if task.done()]
        await end(tasks)
    for task in ended:
        task.result()
        raise AssertionError("a client that was to stay has ended")
