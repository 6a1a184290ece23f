"""Clients that follow a stream of events through whatever is done to their nodes, and check that nothing is missing or repeated."""

import asyncio
import contextlib
import json
from collections import Counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

# Of a client's own doing: after an attempt that was refused.
RETRY_SECONDS = 0.5


class Follower:
    """Keeps its position, and resumes with it however the connection ends; goes when its time has come if it is told to go."""

    def __init__(self, url: str, symbol: str, findings: list[str], counts: Counter[str]) -> None:
        self.url = url
        self.name = f"trade.{symbol}"
        self.findings = findings
        self.counts = counts
        self.sequence: int | None = None
        self.epoch = 0
        self.messages = 0
        self.is_connected = False

    async def run(self) -> None:
        while True:
            back = 0.0
            try:
                async with connect(self.url, compression=None, ping_interval=None, max_queue=64) as socket:
                    self.counts["connects"] += 1
                    back = await self.follow(socket)
            except (WebSocketException, OSError, TimeoutError) as error:
                self.counts[type(error).__name__] += 1
                await asyncio.sleep(RETRY_SECONDS)
            finally:
                self.is_connected = False
            await asyncio.sleep(max(0.0, back - asyncio.get_running_loop().time()))

    async def follow(self, socket: ClientConnection) -> float:
        """Reads to the end of the connection; answers when to come back, by the loop's clock."""
        positions = {} if self.sequence is None else {self.name: {"epoch": self.epoch, "sequence": self.sequence}}
        await socket.send(json.dumps({"op": "resume", "args": [self.name], "positions": positions}))
        back = 0.0
        with contextlib.suppress(WebSocketException):
            async for text in socket:
                message = json.loads(text)
                if message.get("op") == "going_away":
                    self.counts["told to go"] += 1
                    back = asyncio.get_running_loop().time() + message["reconnectAfterMs"] / 1000
                else:
                    self.check(message)
        self.counts[f"closed {socket.close_code}"] += 1
        return back

    def check(self, message: dict[str, Any]) -> None:
        if message.get("op") == "resumed":
            self.is_connected = True
            (stream,) = message["streams"]
            # Where it stands in front of all that follows.
            position = message["positions"].get(self.name)
            if self.sequence is not None and (
                not stream["recovered"] or position != {"epoch": self.epoch, "sequence": self.sequence}
            ):
                self.findings.append(f"{self.name} at {self.sequence} of {self.epoch} was not recovered: {message}")
            elif position:
                self.sequence, self.epoch = position["sequence"], position["epoch"]
        elif "seq" in message:
            first, last = message.get("first", message["seq"]), message["seq"]
            if self.sequence is not None and first != self.sequence + 1:
                self.findings.append(f"{self.name}: {first} to {last} after {self.sequence}")
            self.sequence, self.epoch = last, message.get("epoch", self.epoch)
            self.messages += 1
        else:
            self.findings.append(f"{self.name} at {self.sequence} was told {str(message)[:200]}")


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """Ends them all. Again and again, since a connection that is being made may lose that it was cancelled."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)


@contextlib.asynccontextmanager
async def following(followers: list[Follower]):  # type: ignore[no-untyped-def]
    """They come a few at a time, as clients do, and are there until this is left."""
    tasks = []
    try:
        for number, follower in enumerate(followers):
            tasks.append(asyncio.create_task(follower.run()))
            if number % 20 == 19:
                await asyncio.sleep(0.05)
        yield
    finally:
        await end(tasks)
