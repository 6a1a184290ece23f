"""One client of the fake gateway: what it is answered, what it is sent, and the mischief that is done to it."""

import asyncio
import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fake_publications import Publication
from market import BY_NAME, Message, Stream
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from fake import FakeGateway


class FakeSession:
    """One client. What it is sent waits in a queue, so that the order is that of `send`."""

    def __init__(self, gateway: "FakeGateway", socket: ServerConnection) -> None:
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
