"""A gateway in Python that follows the protocol, or breaks one of its promises on purpose: what the checker is tried on.

It reads from the real simulator, keeps every message (its history), and serves clients at several nodes. `mischief` names
the promise that it breaks, from the moment in which `armed` is set, with the first client or message that it fits.
"""

import asyncio
import contextlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fake_publications import Publication, State
from fake_session import FakeSession
from market import BY_TOPIC, STREAMS, Message, Stream, candle_data, ticker_data, trade_data
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException


class FakeGateway:
    def __init__(self, exchange: str, ports: list[int], mischief: str = "") -> None:
        self.exchange = exchange
        self.mischief = mischief
        self.armed = False
        self.done = 0
        """How often the mischief was done."""
        self.epoch = 7
        self.states = {stream: State() for stream in STREAMS}
        self.nodes = [FakeNode(self, port) for port in ports]
        self.task: asyncio.Task[None] | None = None

    @property
    def urls(self) -> list[str]:
        return [f"ws://127.0.0.1:{node.port}/ws" for node in self.nodes]

    async def start(self) -> None:
        for node in self.nodes:
            await node.start()
        self.task = asyncio.create_task(self.run())

    async def stop(self) -> None:
        for node in self.nodes:
            await node.kill()
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    def strikes(self, name: str, times: int = 1) -> bool:
        """True where this mischief is due, as often as it is wanted."""
        if not self.armed or self.mischief != name or self.done >= times:
            return False
        self.done += 1
        return True

    # The ingestor

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(self.exchange, compression=None, ping_interval=None) as socket:
                    for stream in STREAMS:
                        await socket.send(json.dumps({"op": "subscribe", "args": [stream.topic]}))
                    async for text in socket:
                        frame = json.loads(text)
                        if "topic" in frame:
                            self.ingest(BY_TOPIC[frame["topic"]], frame)
            self.interrupt()
            await asyncio.sleep(0.1)

    def interrupt(self) -> None:
        for state in self.states.values():
            state.has_base = False
            state.may_have_missed = bool(state.log)

    def fail_over(self) -> None:
        """Another leader: a higher epoch, and events may be missing."""
        self.epoch += 1
        self.interrupt()

    def ingest(self, stream: Stream, frame: Message) -> None:
        state = self.states[stream]
        kind = "update" if state.has_base or not stream.has_state else "snapshot"
        if state.may_have_missed and not stream.has_state:
            self.append(stream, "upstream", frame["ts"], None)
        state.may_have_missed = False
        state.has_base = True
        match stream.kind:
            case "ticker":
                if frame["type"] == "snapshot":
                    state.ticker.clear()
                state.ticker.update(frame["data"])
                data = ticker_data(state.ticker, stream.symbol)
                self.append(stream, kind, frame["ts"], self.spoil(stream, data, "price"))
            case "kline":
                for candle in frame["data"]:
                    data = self.spoil(stream, candle_data(candle, stream), "high")
                    self.append(stream, kind, frame["ts"], data)
                    kind = "update"
            case "trade":
                self.ingest_trades(stream, frame)
            case "depth":
                self.ingest_book(stream, frame, kind)

    def spoil(self, stream: Stream, data: Message, key: str) -> Message:
        if self.strikes(f"{stream.kind} altered"):
            return {**data, key: str(Decimal(data[key]) * 2)}
        return data

    def ingest_trades(self, stream: Stream, frame: Message) -> None:
        trades = [self.spoil(stream, trade_data(trade), "quantity") for trade in frame["data"]]
        if self.strikes("trade lost"):
            return
        self.append(stream, "update", frame["ts"], trades)
        if self.strikes("trade twice"):
            self.append(stream, "update", frame["ts"], trades)

    def ingest_book(self, stream: Stream, frame: Message, kind: str) -> None:
        state = self.states[stream]
        data = frame["data"]
        bids, asks = data["b"], data["a"]
        if kind == "update" and len(bids) > 0 and self.strikes("depth altered"):
            bids = bids[1:]
        if frame["type"] == "snapshot":
            state.levels = {"bids": {}, "asks": {}}
        for side, levels in (("bids", bids), ("asks", asks)):
            for price, size in levels:
                state.levels[side].pop(price, None)
                if size.strip("0."):
                    state.levels[side][price] = size
        if kind == "snapshot":
            bids, asks = ([[price, size] for price, size in side.items()] for side in state.levels.values())
        made = {"symbol": stream.symbol, "bids": bids, "asks": asks, "updateId": data["u"]}
        self.append(stream, kind, frame["ts"], made)

    def append(self, stream: Stream, kind: str, time: int, data: Any) -> None:
        log = self.states[stream].log
        sequence = log[-1].sequence + 1 if log else 1
        is_first = not log or log[-1].epoch < self.epoch
        publication = Publication(stream, self.epoch, sequence, kind, time, data, is_first)
        if log and self.strikes("epoch falls"):
            publication = replace(publication, epoch=self.epoch - 1, tells_epoch=True)
        log.append(publication)
        for node in self.nodes:
            for session in list(node.sessions):
                session.deliver(publication)

    def snapshot(self, stream: Stream) -> Publication | None:
        """The state as of the last message."""
        state = self.states[stream]
        if not stream.has_state or not state.log:
            return None
        last = state.log[-1]
        data = last.data
        if stream.kind == "depth":
            data = {"symbol": stream.symbol, "updateId": last.data["updateId"]}
            data |= {side: [[price, size] for price, size in levels.items()] for side, levels in state.levels.items()}
        return replace(last, kind="snapshot", data=data)


class FakeNode:
    def __init__(self, gateway: FakeGateway, port: int) -> None:
        self.gateway = gateway
        self.port = port
        self.server: Server | None = None
        self.sessions: list[FakeSession] = []

    async def start(self) -> None:
        self.server = await serve(self.converse, "127.0.0.1", self.port, compression=None, ping_interval=None)

    async def kill(self) -> None:
        """As kill -9: connections just end."""
        if self.server:
            self.server.close(close_connections=False)
            for session in self.sessions:
                session.socket.transport.abort()
            await self.server.wait_closed()
        self.server = None

    async def leave(self) -> None:
        """As SIGTERM."""
        assert self.server
        for session in self.sessions:
            if not self.gateway.strikes("no farewell"):
                session.send({session.dialect: "going_away", "reconnectAfterMs": 50, "resumeToken": session.token()})
        self.server.close(code=1001, reason="Server going away")
        await self.server.wait_closed()
        self.server = None

    async def converse(self, socket: ServerConnection) -> None:
        session = FakeSession(self.gateway, socket)
        self.sessions.append(session)
        writer = asyncio.create_task(session.write())
        try:
            async for text in socket:
                session.take(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self.sessions.remove(session)
            writer.cancel()
