"""A proxy between an edge node and its broker that hands on everything but the messages that it is told to swallow: as a
broker that lost them, and told nobody."""

import asyncio
import contextlib
from collections.abc import Callable

from market import Stream
from stores import nats_subjects, redis_channels

CHUNK = 1 << 16


class Sieve:
    """Takes the messages of one stream out of what a store writes. What it does not know it hands on as it is."""

    def __init__(self, is_nats: bool, stream: Stream) -> None:
        self.is_nats = is_nats
        if is_nats:
            self.beginning = f"MSG {nats_subjects(stream)[0]} ".encode()
        else:
            channel = redis_channels(stream)[0]
            self.beginning = f"*3\r\n$7\r\nmessage\r\n${len(channel)}\r\n{channel}\r\n$".encode()
        self.swallowed = 0

    def sift(self, data: bytes) -> tuple[bytes, bytes]:
        """What may go on, and what can only be judged with what comes next."""
        passed = b""
        while (start := data.find(self.beginning)) >= 0:
            passed += data[:start]
            data = data[start:]
            end = data.find(b"\r\n", len(self.beginning))
            if end < 0:
                return passed, data
            # Of NATS the number of the subscription comes before it.
            length = int(data[len(self.beginning) : end].split()[-1])
            if len(data) < end + 2 + length + 2:
                return passed, data
            data = data[end + 2 + length + 2 :]
            self.swallowed += 1
        kept = next((size for size in range(len(self.beginning) - 1, 0, -1) if data.endswith(self.beginning[:size])), 0)
        return passed + data[: len(data) - kept], data[len(data) - kept :]


class SwallowingProxy:
    """Listens on `port`, in front of the store on `target`, which may go and come back."""

    def __init__(self, is_nats: bool, port: int, target: int) -> None:
        self.is_nats = is_nats
        self.port = port
        self.target = target
        self.sieve: Sieve | None = None

    async def start(self) -> None:
        await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    def swallow(self, stream: Stream) -> Sieve:
        """Of this stream nothing gets through, until `let_through`."""
        self.sieve = Sieve(self.is_nats, stream)
        return self.sieve

    def let_through(self) -> None:
        self.sieve = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_store, to_store = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        ways = [
            asyncio.create_task(self.copy(reader, to_store, lambda: None)),
            asyncio.create_task(self.copy(from_store, writer, lambda: self.sieve)),
        ]
        # Cancelled at the end of a run.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, to_store):
            end.close()

    async def copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sieve: Callable[[], Sieve | None]) -> None:
        waiting = b""
        while chunk := await reader.read(CHUNK):
            current = sieve()
            passed, waiting = current.sift(waiting + chunk) if current else (waiting + chunk, b"")
            writer.write(passed)
            await writer.drain()
