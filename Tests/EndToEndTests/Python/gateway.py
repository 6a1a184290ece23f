"""What the client scripts share: a client that checks each stream's sequence as it reads, HTTP, and the scripts' frame.

A script is a coroutine that asserts; `main` runs it under a deadline, prints one line of JSON and ends with 0 or 1.
"""

import asyncio
import json
import os
import sys
import traceback
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

Message = dict[str, Any]

WAIT = 10.0


def main(script: Callable[..., Awaitable[Message | None]], deadline: float = 30) -> None:
    """Runs `script` with the command line's arguments."""
    try:
        results = asyncio.run(asyncio.wait_for(script(*sys.argv[1:]), deadline))
    except BaseException as error:
        traceback.print_exc()
        print(json.dumps({"ok": False, "error": f"{type(error).__name__}: {error}"}))
        sys.exit(1)
    print(json.dumps({"ok": True, **(results or {})}))


def say(line: str) -> None:
    """Tells the test how far the script is."""
    print(line, flush=True)


async def told(line: str) -> None:
    """Waits until the test says `line`."""
    got = (await asyncio.to_thread(sys.stdin.readline)).strip()
    assert got == line, f"expected the test to say {line!r}, it said {got!r}"


def check(got: Any, expected: Any, what: str = "") -> None:
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


class Client:
    """One connection. Every data message that is read must follow on the one before it in its stream, and belong to a
    stream that is subscribed; the first one of a stream with state must be a snapshot."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.unread: deque[Message] = deque()
        self.last: dict[str, int | None] = {}
        self.epochs: dict[str, int] = {}
        self.gaps: list[Message] = []
        self.snapshots: dict[str, int] = {}

    @classmethod
    async def open(cls, url: str, **options: Any) -> "Client":
        settings: Message = {"compression": None, "max_size": None, "ping_interval": None, "max_queue": None, **options}
        return cls(await connect(url, **settings))

    async def close(self) -> None:
        await self.socket.close()

    async def read(self) -> Message:
        """The next message of the connection, checked."""
        text = await asyncio.wait_for(self.socket.recv(), WAIT)
        assert isinstance(text, str), f"a binary message: {text!r}"
        message: Message = json.loads(text, parse_float=Decimal)
        if message.get("op") == "gap" or message.get("action") == "gap":
            self.follow_gap(message)
        elif "stream" in message and "data" in message:
            self.follow(message)
        return message

    def follow(self, message: Message) -> None:
        stream, sequence = message["stream"], message["seq"]
        assert stream in self.last, f"data of {stream}, which is not subscribed: {message}"
        first = message.get("first", sequence)
        last = self.last[stream]
        is_snapshot = message["type"] == "snapshot"
        if last is None:
            assert is_snapshot or "trade" in stream, f"{stream} begins with no snapshot: {message}"
        elif is_snapshot and sequence == last and self.gaps:
            pass  # the state after a gap that was told up to it
        else:
            assert first == last + 1, f"{stream}: {first} after {last}: {message}"
        if is_snapshot:
            self.snapshots[stream] = self.snapshots.get(stream, 0) + 1
            self.epochs[stream] = message["epoch"]
        self.last[stream] = sequence

    def follow_gap(self, message: Message) -> None:
        last = self.last[message["stream"]]
        assert last is None or message["from"] == last + 1, f"the gap does not follow on {last}: {message}"
        self.last[message["stream"]] = message["to"]
        self.gaps.append(message)

    async def next(self, wanted: Callable[[Message], bool] = lambda _: True) -> Message:
        """The next message that is wanted; the others before it are passed over."""
        while True:
            message = self.unread.popleft() if self.unread else await self.read()
            if wanted(message):
                return message

    async def data(self, stream: str) -> Message:
        return await self.next(lambda message: message.get("stream") == stream and "data" in message)

    async def ask(self, request: Message | str | bytes, answers: Callable[[Message], bool]) -> Message:
        """Sends, and reads on to the answer; what comes before it is kept for `next`."""
        await self.socket.send(request if isinstance(request, (str, bytes)) else json.dumps(request))
        while True:
            message = await self.read()
            if answers(message):
                return message
            self.unread.append(message)

    async def reply(self, request: Message | str | bytes) -> Message:
        """The next message that is neither data nor a gap."""
        return await self.ask(request, lambda message: "stream" not in message and message.get("type") != "market_update")

    async def subscribe(self, *arguments: str, **more: Any) -> Message:
        """Subscribes in the op dialect. The sequence goes on where the reply says that the stream is."""
        reply = await self.reply({"op": "subscribe", "args": list(arguments), **more})
        check(reply.get("op"), "subscribe", f"reply {reply}")
        positions = reply["resume"]["positions"]
        for argument in reply["args"]:
            name = canonical(argument)
            stream = stream_of(argument)
            if self.last.get(stream) is None:
                is_event = name.startswith(("trade", "liquidation"))
                self.last[stream] = positions[name]["sequence"] if is_event and name in positions else None
        return reply

    async def unsubscribe(self, *arguments: str) -> Message:
        """Unsubscribes in the op dialect: from the reply on any data of these is an error."""
        reply = await self.reply({"op": "unsubscribe", "args": list(arguments)})
        for argument in reply["args"]:
            del self.last[stream_of(argument)]
        self.unread.clear()
        return reply

    async def follow_streams(self, messages: int, *arguments: str) -> None:
        """Reads until each of the streams has brought that many messages."""
        missing = {stream_of(argument): messages for argument in arguments}
        while any(count > 0 for count in missing.values()):
            message = await self.next()
            if message.get("stream") in missing and "data" in message:
                missing[message["stream"]] -= 1


def canonical(argument: str) -> str:
    parts = argument.replace("tickers.", "ticker:").split(":")
    if parts[0] == "depth" and len(parts) == 2:
        parts.insert(1, "50")
    return ".".join(parts)


def stream_of(argument: str) -> str:
    """How data frames of the op dialect spell an op argument."""
    name = canonical(argument)
    return "tidegate.futures." + (name.replace("depth.50.", "depth.") if name.startswith("depth.50.") else name)


async def http(url: str, method: str = "GET") -> tuple[int, Message]:
    """Status and JSON of an HTTP request; status 0 where the server can't be reached."""

    def fetch() -> tuple[int, Message]:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=WAIT) as response:
                return response.status, decode(response.read())
        except urllib.error.HTTPError as error:
            return error.code, decode(error.read())
        except (urllib.error.URLError, ConnectionError):
            return 0, {}

    return await asyncio.to_thread(fetch)


def decode(body: bytes) -> Message:
    try:
        value = json.loads(body)
    except ValueError:
        return {"text": body.decode(errors="replace")}
    return value if isinstance(value, dict) else {"value": value}


async def until(condition: Callable[[], Awaitable[bool]], what: str, limit: float = WAIT) -> None:
    """For what can only be asked for (a page of the server): asks again every 20 ms."""
    end = asyncio.get_running_loop().time() + limit
    while not await condition():
        assert asyncio.get_running_loop().time() < end, f"not within {limit:g} s: {what}"
        await asyncio.sleep(0.02)


def cpu_seconds(pid: str) -> float:
    """Processor time that a process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def parts(**coroutines: Awaitable[Any]) -> Message:
    """Runs all of them side by side; fails with the names of those that failed."""
    results = await asyncio.gather(*coroutines.values(), return_exceptions=True)
    failed = {name: result for name, result in zip(coroutines, results) if isinstance(result, BaseException)}
    for name, error in failed.items():
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        traceback.print_tb(error.__traceback__)
    assert not failed, f"failed: {', '.join(failed)}"
    return {name: result for name, result in zip(coroutines, results) if result is not None}
