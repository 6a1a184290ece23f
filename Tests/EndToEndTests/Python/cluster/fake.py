"""A gateway in Python that follows the protocol, or breaks one of its promises on purpose: what the checker is tried on.

It reads from the real simulator, keeps every message (its history), and serves clients at several nodes. `mischief` names
the promise that it breaks, from the moment in which `armed` is set, with the first client or message that it fits.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from market import BY_NAME, BY_TOPIC, STREAMS, Message, Stream, candle_data, ticker_data, trade_data
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, WebSocketException


@dataclass(frozen=True)
class Publication:
    stream: Stream
    epoch: int
    sequence: int
    kind: str
    """snapshot, update, or the reason of a gap."""
    time: int
    data: Any
    tells_epoch: bool = False

    @property
    def is_gap(self) -> bool:
        return self.kind not in ("snapshot", "update")


@dataclass
class State:
    """What the fake knows of a stream."""

    log: list[Publication] = field(default_factory=list)
    ticker: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[str, str]] = field(default_factory=lambda: {"bids": {}, "asks": {}})
    has_base: bool = False
    may_have_missed: bool = False


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


class FakeSession:
    """One client. What it is sent waits in a queue, so that the order is that of `send`."""

    def __init__(self, gateway: FakeGateway, socket: ServerConnection) -> None:
        self.gateway = gateway
        self.socket = socket
        self.subscriptions: dict[Stream, str] = {}
        self.dialect = "op"
        self.queue: asyncio.Queue[Message] = asyncio.Queue()
        self.held: Publication | None = None
        self.deaf_to: Stream | None = None

    async def write(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.socket.send(json.dumps(await self.queue.get()))

    def send(self, message: Message) -> None:
        self.queue.put_nowait(message)

    def token(self, standing: dict[Stream, Message | None] | None = None) -> str:
        """At what was sent so far; `standing` is where the streams of a request stand before what follows its reply."""
        positions = {stream: self.position(stream) for stream in self.subscriptions} | (standing or {})
        return json.dumps({stream.canonical: position for stream, position in positions.items()})

    def joining(self, stream: Stream) -> Message | None:
        """In front of a snapshot a client stands nowhere."""
        is_ahead = stream.has_state and self.gateway.strikes("ahead of its snapshot", 2)
        return self.position(stream) if is_ahead or not stream.has_state else None

    def position(self, stream: Stream) -> Message | None:
        log = self.gateway.states[stream].log
        return {"epoch": log[-1].epoch, "sequence": log[-1].sequence} if log else None

    # Requests

    def take(self, request: Message) -> None:
        self.dialect = "op" if "op" in request else "action"
        if request[self.dialect] == "subscribe":
            self.subscribe(request)
        else:
            self.resume(request)

    def subscribe(self, request: Message) -> None:
        names = request["args"] if "op" in request else request["streams"]
        streams = [BY_NAME[name] for name in names]
        standing = {stream: self.joining(stream) for stream in streams}
        positions = {stream.canonical: position for stream, position in standing.items() if position}
        for stream in streams:
            self.subscriptions[stream] = self.dialect
        if self.dialect == "op":
            reply: Message = {"op": "subscribe", "success": True, "args": names, "message": "", "rejected": None}
            reply["resume"] = {"token": self.token(standing), "positions": positions}
        else:
            reply = {"action": "subscribed", "streams": names, "rejected": None, "positions": positions}
            reply["resumeToken"] = self.token(standing)
        self.send({**reply, "id": request["id"]})
        for stream in streams:
            snapshot = self.gateway.snapshot(stream)
            if snapshot:
                self.send(self.shape(snapshot))

    def resume(self, request: Message) -> None:
        wanted: dict[Stream, Message | None] = {}
        for name, position in json.loads(request.get("token", "{}")).items():
            wanted[BY_NAME[name]] = position
        for name, position in request.get("positions", {}).items():
            wanted[BY_NAME[name]] = position
        for name in request.get("streams", []):
            wanted[BY_NAME[name]] = {"sequence": request["lastSequence"]}
        standing: dict[Stream, Message | None] = {}
        answers: list[Message] = []
        behind: list[Message] = []
        for stream, position in wanted.items():
            self.subscriptions[stream] = self.dialect
            answer, messages = self.replay(stream, position)
            standing[stream] = self.standing(stream, answer)
            answers.append({"stream": stream.argument(self.dialect), **answer})
            behind += messages
        positions = {stream.canonical: place for stream, place in standing.items() if place}
        reply: Message = {self.dialect: "resumed", "streams": answers, "positions": positions, "rejected": None}
        reply |= {"resumeToken": self.token(standing), "id": request["id"]}
        messages = [reply, *behind]
        if len(behind) > 0 and self.gateway.strikes("data before the reply"):
            messages = [behind[0], reply, *behind[1:]]
        for message in messages:
            self.send(message)

    def standing(self, stream: Stream, answer: Message) -> Message | None:
        """Of a recovered stream the claim."""
        if not answer["recovered"]:
            return self.joining(stream)
        sequence = answer["from"] - (0 if answer["replayed"] and self.gateway.strikes("ahead of its replay") else 1)
        epoch = next(entry.epoch for entry in self.gateway.states[stream].log if entry.sequence == sequence)
        return {"epoch": epoch, "sequence": sequence}

    def replay(self, stream: Stream, position: Message | None) -> tuple[Message, list[Message]]:
        log = self.gateway.states[stream].log
        snapshot = self.gateway.snapshot(stream)
        is_known = position is not None and log and 0 < position["sequence"] <= log[-1].sequence
        is_lost = self.gateway.strikes("unrecovered") or stream.has_state and self.gateway.strikes("ahead of its snapshot")
        if not is_known or is_lost:
            answer = {"recovered": False, "reason": "unknown", "oldest": 1, "latest": len(log)}
            return answer, [self.shape(snapshot)] if snapshot else []
        assert position is not None
        start = position["sequence"] - (1 if self.gateway.strikes("replay repeats") else 0)
        missed = [publication for publication in log if publication.sequence > start]
        answer = {"recovered": True, "from": position["sequence"] + 1, "to": log[-1].sequence, "replayed": len(missed)}
        if missed and self.gateway.strikes("hole in the replay"):
            del missed[0]
        return answer, [self.shape(publication) for publication in missed]

    # Data

    def deliver(self, publication: Publication) -> None:
        if publication.stream not in self.subscriptions:
            if self.subscriptions and self.gateway.strikes("unasked"):
                self.send(self.shape(publication, "op"))
            return
        for message in self.bend(publication):
            self.send(message)

    def bend(self, publication: Publication) -> list[Message]:
        """What the client gets for one message: the message, or some mischief."""
        strikes = self.gateway.strikes
        stream = publication.stream
        honest = [self.shape(publication)]
        if publication.is_gap or publication.kind == "snapshot":
            return honest
        if self.held and self.held.stream is stream:
            held, self.held = self.held, None
            return [*honest, self.shape(held)]
        if self.deaf_to is stream or strikes("dropped"):
            return []
        if strikes("repeated"):
            return honest * 2
        if not self.held and strikes("reordered"):
            self.held = publication
            return []
        if strikes("differs for one") or (stream.kind == "depth" and strikes("book differs for one")):
            return [self.shape(replace(publication, data=altered(publication.data)))]
        if strikes("silent"):
            self.deaf_to = stream
            return []
        if strikes("gap that does not fit"):
            return [self.gap(stream, publication.sequence + 3, publication.sequence + 4, "upstream"), *honest]
        if stream.has_state and strikes("no epoch in a snapshot"):
            message = self.shape(replace(publication, kind="snapshot"))
            del message["epoch"]
            return [message]
        return self.bend_with_gap(publication, honest)

    def bend_with_gap(self, publication: Publication, honest: list[Message]) -> list[Message]:
        strikes = self.gateway.strikes
        stream, sequence = publication.stream, publication.sequence
        if not stream.has_state:
            return honest
        snapshot = self.gateway.snapshot(stream)
        assert snapshot
        gap = self.gap(stream, sequence, sequence, "edge")
        if strikes("gap without a reason"):
            return [gap, self.shape(snapshot)]
        if stream.kind == "ticker" and strikes("update after a gap"):
            return [gap]
        if stream.kind == "depth" and strikes("never a snapshot"):
            self.deaf_to = stream
            return [gap]
        if strikes("closed"):
            self.socket.transport.abort()
        return honest

    def gap(self, stream: Stream, first: int, last: int, reason: str) -> Message:
        dialect = self.subscriptions[stream]
        notice: Message = {dialect: "gap", "stream": stream.shown(dialect), "from": first, "to": last}
        return {**notice, "epoch": self.gateway.epoch, "reason": reason}

    def shape(self, publication: Publication, dialect: str | None = None) -> Message:
        dialect = dialect or self.subscriptions[publication.stream]
        if publication.is_gap:
            sequence = publication.sequence
            return {**self.gap(publication.stream, sequence, sequence, publication.kind), "epoch": publication.epoch}
        message: Message = {"stream": publication.stream.shown(dialect), "type": publication.kind}
        message["seq"] = publication.sequence
        if publication.kind == "snapshot" or publication.tells_epoch:
            message["epoch"] = publication.epoch
        return {**message, "data": publication.data, "timestamp": publication.time}


def altered(data: Any) -> Any:
    """The same in kind, with another value."""
    if isinstance(data, list):
        return [{**data[0], "quantity": "4711"}, *data[1:]]
    if "bids" in data:
        return {**data, "bids": [["1.00", "4711"], *data["bids"]]}
    return {**data, "turnover24h": "4711"} if "price" in data else {**data, "turnover": "4711"}
