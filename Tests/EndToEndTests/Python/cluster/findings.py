"""What the checker found wrong, and what a scenario's fault explains."""

from collections import Counter
from dataclasses import dataclass, field

# The kinds of findings. Each is a promise of the protocol that was broken.
MISSING = "missing"  # a sequence was passed over without a word
REPEATED = "repeated"  # a sequence came again
EPOCH = "epoch"  # the epoch fell, or was not told where it must be
UNASKED = "unasked"  # data of a stream that is not subscribed, or before the reply
NO_SNAPSHOT = "no snapshot"  # a stream with state began, or went on after a gap, without one
BAD_GAP = "bad gap"  # a gap notice that does not fit what came before
UNEXPLAINED_GAP = "unexplained gap"  # a gap was told that no fault explains
UNRECOVERED = "unexplained recovered:false"  # a resume failed that no fault explains
BAD_REPLY = "bad reply"  # a reply that is not what the protocol says
DISAGREEMENT = "disagreement"  # two clients got different things under one position
NOT_THE_EXCHANGE = "not the exchange's"  # what was delivered is not what the exchange sent
TRADE_TWICE = "trade twice"  # a trade under two positions
TRADE_LOST = "trade lost"  # a trade that the exchange sent is neither delivered nor within a told gap
DISCONNECTED = "disconnected"  # a connection was lost that no fault explains
NO_FAREWELL = "no farewell"  # closed with 1001 without going_away before
SILENT = "silent"  # a stream or a client did not go on in time

MOST_REPORTED = 25


@dataclass(frozen=True)
class Allowance:
    """What the fault that is going on explains. The default explains nothing: the clients must not notice anything."""

    event_gaps: frozenset[str] = frozenset()
    state_gaps: frozenset[str] = frozenset()
    unrecovered: bool = False
    disconnects: bool = False
    refusals: bool = False
    """Requests may be answered with an error, and are tried again."""

    def __or__(self, other: "Allowance") -> "Allowance":
        return Allowance(
            self.event_gaps | other.event_gaps,
            self.state_gaps | other.state_gaps,
            self.unrecovered or other.unrecovered,
            self.disconnects or other.disconnects,
            self.refusals or other.refusals,
        )


NOTHING = Allowance()


@dataclass
class Findings:
    """Collected over one scenario. Counted without end, kept in words up to a bound."""

    counts: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        self.counts[kind] += 1
        if len(self.words) < MOST_REPORTED:
            self.words.append(f"{kind}: {text}")

    def clear(self) -> None:
        self.counts.clear()
        self.words.clear()

    def report(self) -> str:
        total = sum(self.counts.values())
        more = [f"and {total - len(self.words)} more"] if total > len(self.words) else []
        return "\n".join([", ".join(f"{count} x {kind}" for kind, count in self.counts.items()), *self.words, *more])

    def __bool__(self) -> bool:
        return bool(self.counts)
