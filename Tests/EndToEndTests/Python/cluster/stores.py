"""The least of the Redis and NATS protocols that scenarios need: to spoil things as a stranger would."""

import asyncio

from market import Stream
from processes import Trouble

Value = bytes | int | None | list["Value"]

# What the gateway calls things there, brand `tidegate`.
BRAND = "tidegate"


def log_key(stream: Stream) -> str:
    return f"{BRAND}:log:{{{stream.canonical}}}"


def redis_channels(stream: Stream) -> list[str]:
    return [f"{BRAND}:live:{{{stream.canonical}}}", f"{BRAND}:control:demand", f"{BRAND}:control:heartbeat"]


def nats_subjects(stream: Stream) -> list[str]:
    return [f"{BRAND}.live.{stream.canonical}", f"{BRAND}.control.demand", f"{BRAND}.control.heartbeat"]


class Redis:
    """One connection, one command after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, password: str | None = None) -> "Redis":
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        if password:
            await client.call("AUTH", password)
        return client

    async def call(self, *words: str | bytes | int) -> Value:
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.writer.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return await asyncio.wait_for(self.answer(), 5)

    async def answer(self) -> Value:
        line = (await self.reader.readuntil(b"\r\n"))[:-2]
        kind, rest = line[:1], line[1:]
        match kind:
            case b"+":
                return rest
            case b"-":
                raise Trouble(f"Redis says {rest.decode()}")
            case b":":
                return int(rest)
            case b"$":
                size = int(rest)
                return None if size < 0 else (await self.reader.readexactly(size + 2))[:-2]
            case b"*":
                return [await self.answer() for _ in range(int(rest))]
        raise Trouble(f"not an answer of Redis: {line!r}")

    def close(self) -> None:
        self.writer.close()


async def redis_answers(port: int) -> bool:
    try:
        client = await Redis.open(port)
        try:
            return await client.call("PING") == b"PONG"
        finally:
            client.close()
    except (OSError, Trouble, asyncio.IncompleteReadError, TimeoutError) as error:
        # One that wants a password is there, too.
        return "NOAUTH" in str(error)


async def nats_publish(port: int, messages: list[tuple[str, bytes]]) -> None:
    """Returns when the server has taken them all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b'CONNECT {"verbose":false,"pedantic":false,"name":"stranger"}\r\n')
    for subject, payload in messages:
        writer.write(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(payload), payload))
    writer.write(b"PING\r\n")
    while (line := await asyncio.wait_for(reader.readline(), 5)) != b"PONG\r\n":
        if not line or line.startswith(b"-ERR"):
            raise Trouble(f"NATS says {line!r}")
    writer.close()


async def nats_answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        line = await asyncio.wait_for(reader.readline(), 2)
        writer.close()
        return line.startswith(b"INFO ")
    except (OSError, TimeoutError):
        return False
