"""An observer of the exchange itself: a connection of its own to the simulator, with the same topics as the gateway.

The simulator's market is one for all of its connections, and a topic's frames are the same bytes for all: what the gateway
delivers can be compared with what the tap heard, by trade id, by update id and by the exchange's time.
"""

import asyncio
import json
import time
from bisect import bisect_left
from collections.abc import Iterable

from market import (
    BY_TOPIC,
    Book,
    Bounded,
    Message,
    Stream,
    candle_data,
    changes_of,
    digest,
    ticker_data,
    trade_data,
)
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

BOUND = 100_000
# Around a loss of its own connection the tap can't say what the exchange sent: so many ms before and after.
MARGIN = 500
TOPICS_PER_REQUEST = 10


def wall_ms() -> int:
    return int(time.time() * 1000)


class StateLog:
    """The states of one ticker or candle by the exchange's time. More than one may fall into a millisecond."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.states: dict[int, list[Message]] = {}

    def add(self, time_ms: int, data: Message) -> None:
        if time_ms not in self.states:
            self.times.append(time_ms)
        self.states.setdefault(time_ms, []).append(data)

    def at(self, time_ms: int) -> list[Message]:
        return self.states.get(time_ms, [])

    def before(self, time_ms: int) -> Message | None:
        index = bisect_left(self.times, time_ms)
        return self.states[self.times[index - 1]][-1] if index else None

    def after(self, time_ms: int) -> Message | None:
        index = bisect_left(self.times, time_ms + 1)
        return self.states[self.times[index]][0] if index < len(self.times) else None


class TradeLog:
    """The trades of one stream in the exchange's order."""

    def __init__(self) -> None:
        self.count = 0
        self.known: Bounded = Bounded(BOUND)

    def add(self, trade: Message) -> None:
        self.known[trade["id"]] = (self.count, digest(trade))
        self.count += 1


class Tap:
    """Heard from the exchange; `blind` are the spans in which it was not connected."""

    def __init__(self, url: str, streams: Iterable[Stream]) -> None:
        self.url = url
        self.topics = [stream.topic for stream in streams]
        self.tickers: dict[Stream, dict[str, str]] = {}
        self.states: dict[Stream, StateLog] = {}
        self.trades: dict[Stream, TradeLog] = {}
        self.books: dict[Stream, Book] = {}
        self.book_totals: dict[Stream, Bounded] = {}
        self.frames = 0
        self.connections = 0
        self.blind: list[tuple[int, int]] = []
        self.blind_since: int | None = 0
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when every topic is acknowledged."""
        self.task = asyncio.create_task(self.run())
        while self.blind_since is not None:
            await asyncio.wait({self.task}, timeout=0.02)
            if self.task.done():
                self.task.result()

    async def stop(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def run(self) -> None:
        while True:
            try:
                async with connect(self.url, compression=None, max_size=None, ping_interval=None) as socket:
                    await self.subscribe(socket)
                    async for text in socket:
                        self.take(json.loads(text))
            except (OSError, WebSocketException, ValueError):
                pass
            self.lost()
            await asyncio.sleep(0.05)

    async def subscribe(self, socket: ClientConnection) -> None:
        missing = 0
        for start in range(0, len(self.topics), TOPICS_PER_REQUEST):
            part = self.topics[start : start + TOPICS_PER_REQUEST]
            await socket.send(json.dumps({"op": "subscribe", "args": part}))
            missing += 1
        while missing:
            frame = json.loads(await socket.recv())
            if frame.get("op") == "subscribe":
                assert frame["success"], f"the exchange refuses: {frame}"
                missing -= 1
            else:
                self.take(frame)
        self.connections += 1
        self.seeing()

    def lost(self) -> None:
        if self.blind_since is None:
            self.blind_since = wall_ms() - MARGIN

    def seeing(self) -> None:
        if self.blind_since is not None:
            self.blind.append((self.blind_since, wall_ms() + MARGIN))
            self.blind_since = None

    def is_blind(self, time_ms: int) -> bool:
        if self.blind_since is not None and time_ms >= self.blind_since:
            return True
        return any(start <= time_ms <= end for start, end in self.blind)

    def take(self, frame: Message) -> None:
        stream = BY_TOPIC.get(frame.get("topic", ""))
        if stream is None:
            return
        self.frames += 1
        match stream.kind:
            case "ticker":
                state = self.tickers.setdefault(stream, {})
                if frame["type"] == "snapshot":
                    state.clear()
                state.update(frame["data"])
                self.log(stream).add(frame["ts"], ticker_data(state, stream.symbol))
            case "kline":
                for candle in frame["data"]:
                    self.log(stream).add(frame["ts"], candle_data(candle, stream))
            case "trade":
                log = self.trades.setdefault(stream, TradeLog())
                for trade in frame["data"]:
                    log.add(trade_data(trade))
            case "depth":
                self.take_book(stream, frame)

    def take_book(self, stream: Stream, frame: Message) -> None:
        data = frame["data"]
        book = self.books.setdefault(stream, Book())
        book.apply(changes_of(data["b"], data["a"]), frame["type"] == "snapshot" or data["u"] == 1)
        self.book_totals.setdefault(stream, Bounded(BOUND))[data["u"]] = book.total

    def log(self, stream: Stream) -> StateLog:
        return self.states.setdefault(stream, StateLog())
