"""Messages as clients get them, read once for all who get the same text, and where a client is in a stream."""

import json
from dataclasses import dataclass, field

from market import BY_NAME, Book, Change, Message, Stream, changes_of, digest


@dataclass(slots=True)
class Decoded:
    """A data message, read once for all of the clients that get the same text."""

    stream: Stream
    dialect: str
    sequence: int
    first: int
    epoch: int | None
    is_snapshot: bool
    message: Message
    digest: int
    changes: list[Change]


class Decoder:
    """Reads messages; remembers the last texts, since the same text goes to many clients."""

    BOUND = 4096

    def __init__(self) -> None:
        self.recent: dict[str, Decoded] = {}

    def read(self, text: str) -> Decoded | Message:
        known = self.recent.get(text)
        if known is not None:
            return known
        message: Message = json.loads(text)
        if "data" not in message or "seq" not in message:
            return message
        decoded = self.decode(message)
        if len(self.recent) >= self.BOUND:
            self.recent.clear()
        self.recent[text] = decoded
        return decoded

    def decode(self, message: Message) -> Decoded:
        stream = BY_NAME[message["stream"]]
        sequence: int = message["seq"]
        data = message["data"]
        changes = changes_of(data["bids"], data["asks"]) if stream.kind == "depth" else []
        return Decoded(
            stream=stream,
            dialect="op" if message["stream"].startswith("tidegate.") else "action",
            sequence=sequence,
            first=message.get("first", sequence),
            epoch=message.get("epoch"),
            is_snapshot=message["type"] == "snapshot",
            message=message,
            digest=digest([data, message["timestamp"]]),
            changes=changes,
        )


@dataclass(slots=True)
class Following:
    """One stream of one client: where it is, and what it waits for."""

    stream: Stream
    dialect: str
    last: int | None = None
    epoch: int | None = None
    is_subscribed: bool = False
    awaits_snapshot: float | None = None
    """Since when; None where none is due."""
    book: Book = field(default_factory=Book)
    received: int = 0

    def forget_connection(self) -> None:
        """A state that still waits for its snapshot is worth nothing: it is subscribed anew and not resumed."""
        self.is_subscribed = False
        if self.awaits_snapshot is not None:
            self.last = self.awaits_snapshot = None

    @property
    def position(self) -> Message | None:
        if self.last is None or self.epoch is None:
            return None
        return {"epoch": self.epoch, "sequence": self.last}
