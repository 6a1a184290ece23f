"""What the fake gateway keeps of each stream."""

from dataclasses import dataclass, field
from typing import Any

from market import Stream


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
