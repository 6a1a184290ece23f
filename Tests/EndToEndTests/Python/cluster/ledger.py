"""What was delivered under each position, by whichever client got it first: the others must have got the same, and it must
be what the exchange sent."""

import time
from bisect import insort
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from findings import DISAGREEMENT, NOT_THE_EXCHANGE, TRADE_LOST, TRADE_TWICE, Findings
from market import DELTA, Bounded, Message, Stream, digest
from tap import Tap

BOUND = 200_000
# The tap is asked so many seconds later: by then it has heard what the gateway had heard.
PATIENCE = 1.0
TRIES = 2

Position = tuple[int, int]


@dataclass
class Told:
    """A range of a stream that clients were told they would not get."""

    epoch: int
    first: int
    last: int


@dataclass
class TradeRecord:
    """The trades of one stream as delivered: at each position the first and the last index in the exchange's order; None
    where the tap was blind to all of them."""

    spans: dict[Position, tuple[int, int] | None] = field(default_factory=dict)
    places: Bounded = field(default_factory=lambda: Bounded(BOUND))
    told: list[Told] = field(default_factory=list)
    audited: Position | None = None
    highest: int = -1


@dataclass
class Delivered:
    """One message as some client got it, for the comparison with the exchange."""

    born: float
    due: float
    stream: Stream
    position: Position
    timestamp: int
    data: Any
    book: int
    tries: int = 0


class Ledger:
    def __init__(self, tap: Tap, findings: Findings) -> None:
        self.tap = tap
        self.findings = findings
        self.seen: Bounded = Bounded(BOUND)
        self.books: Bounded = Bounded(BOUND)
        self.trades: dict[Stream, TradeRecord] = {}
        self.waiting: deque[Delivered] = deque()
        self.verified: Counter[str] = Counter()
        self.unverified: Counter[str] = Counter()

    def enter(self, stream: Stream, position: Position, is_snapshot: bool, message: Message, value: int, book: int) -> None:
        """Takes one message as a client got it; `value` is the digest of its data, `book` the hash of the book after it."""
        if stream.delivery == DELTA:
            self.agree(self.books, (stream, position), book, f"the book of {stream} at {position}", message)
        if stream.delivery != DELTA or not is_snapshot:
            self.agree(self.seen, (stream, position), value, f"{stream} at {position}", message)

    def agree(self, table: Bounded, key: tuple[Stream, Position], value: int, what: str, message: Message) -> None:
        known = table.get(key)
        if known is None:
            table[key] = value
            if table is self.books or key[0].delivery != DELTA:
                self.note(key[0], key[1], message, value)
        elif known != value:
            self.findings.add(DISAGREEMENT, f"{what} is not the same for all: {str(message)[:300]}")

    def note(self, stream: Stream, position: Position, message: Message, book: int) -> None:
        """A position is new: it is compared with the exchange when the tap must have heard of it."""
        now = time.monotonic()
        self.waiting.append(Delivered(now, now + PATIENCE, stream, position, message["timestamp"], message["data"], book))

    def told(self, stream: Stream, epoch: int, first: int, last: int) -> None:
        if stream.kind == "trade":
            self.record(stream).told.append(Told(epoch, first, last))

    def record(self, stream: Stream) -> TradeRecord:
        return self.trades.setdefault(stream, TradeRecord())

    # The comparison with the exchange

    def uncompared(self, moment: float) -> list[str]:
        """What came before `moment` and is not compared yet."""
        return [str(delivered.stream) for delivered in self.waiting if delivered.born <= moment]

    def verify_due(self) -> None:
        now = time.monotonic()
        while self.waiting and self.waiting[0].due <= now:
            self.verify(self.waiting.popleft())

    def verify(self, delivered: Delivered) -> None:
        verdict = {"ticker": self.ticker, "kline": self.candle, "trade": self.trade, "depth": self.book}
        is_right = verdict[delivered.stream.kind](delivered)
        if is_right is False and delivered.tries < TRIES:
            # The tap may be late on a busy machine.
            delivered.tries += 1
            delivered.due += PATIENCE
            insort(self.waiting, delivered, key=lambda waiting: waiting.due)
            return
        if is_right is None:
            self.unverified[delivered.stream.kind] += 1
            return
        self.verified[delivered.stream.kind] += 1
        if not is_right:
            where = f"{delivered.stream} at {delivered.position}, time {delivered.timestamp}"
            self.findings.add(NOT_THE_EXCHANGE, f"{where}: {str(delivered.data)[:300]}")

    def ticker(self, delivered: Delivered) -> bool | None:
        """A state that the exchange gave to the gateway alone (a snapshot at its subscription) has a time of its own: it is
        what was published last before it."""
        log = self.tap.log(delivered.stream)
        candidates = [*log.at(delivered.timestamp), log.before(delivered.timestamp)]
        if delivered.data in candidates:
            return True
        return None if self.tap.is_blind(delivered.timestamp) else False

    def candle(self, delivered: Delivered) -> bool | None:
        log = self.tap.log(delivered.stream)
        if log.at(delivered.timestamp):
            return delivered.data in log.at(delivered.timestamp)
        if self.tap.is_blind(delivered.timestamp):
            return None
        # Given to the gateway alone: it lies between the two that the tap heard before and after it.
        before, after = log.before(delivered.timestamp), log.after(delivered.timestamp)
        if not before or not after or before["openTime"] != after["openTime"]:
            return None
        return lies_between(delivered.data, before, after)

    def book(self, delivered: Delivered) -> bool | None:
        totals = self.tap.book_totals.get(delivered.stream)
        expected = totals.get(delivered.data["updateId"]) if totals else None
        if expected is None:
            return None if self.tap.is_blind(delivered.timestamp) else False
        return bool(expected == delivered.book)

    def trade(self, delivered: Delivered) -> bool | None:
        record = self.record(delivered.stream)
        log = self.tap.trades.get(delivered.stream)
        indices: list[int] = []
        verdict: bool | None = True
        for trade in delivered.data:
            self.place(record, trade, delivered)
            known = log.known.get(trade["id"]) if log else None
            if known is None:
                verdict = None if self.tap.is_blind(trade["time"]) and verdict is not False else False
            else:
                indices.append(known[0])
                verdict = verdict if known[1] == digest(trade) else False
        if indices and indices != list(range(indices[0], indices[0] + len(indices))):
            verdict = False
        record.spans[delivered.position] = (indices[0], indices[-1]) if indices else None
        record.highest = max([record.highest, *indices])
        return verdict

    def place(self, record: TradeRecord, trade: Message, delivered: Delivered) -> None:
        place = record.places.get(trade["id"])
        if place is None:
            record.places[trade["id"]] = delivered.position
        elif place != delivered.position:
            where = f"{delivered.stream} {trade['id']}: {place} and {delivered.position}"
            self.findings.add(TRADE_TWICE, where)

    # Nothing lost between the exchange and the clients

    def audit_trades(self) -> None:
        """Between neighbouring positions no trade of the exchange may be missing, unless a told gap lies between them.
        To be called when all clients have caught up."""
        for stream, record in self.trades.items():
            positions = sorted(position for position in record.spans if record.audited is None or position > record.audited)
            if record.audited is not None and record.audited in record.spans:
                positions.insert(0, record.audited)
            last: tuple[Position, int] | None = None
            for position in positions:
                span = record.spans[position]
                if span is None:
                    continue
                if last is not None and span[0] != last[1] + 1 and not covered(record.told, last[0], position):
                    lost = span[0] - last[1] - 1
                    self.findings.add(TRADE_LOST, f"{stream}: {lost} trades between {last[0]} and {position}")
                last = (position, span[1])
            if last is not None:
                record.audited = last[0]
                record.spans = {place: span for place, span in record.spans.items() if place >= last[0]}

    def latest_trades(self) -> dict[Stream, int]:
        """How many trades of each stream the tap has heard."""
        return {stream: log.count for stream, log in self.tap.trades.items()}

    def has_trades(self, counts: dict[Stream, int]) -> list[Stream]:
        """The streams of which not all of the first `counts` trades have come, nor later ones."""
        return [stream for stream, count in counts.items() if self.record(stream).highest < count - 1]


def covered(told: list[Told], before: Position, after: Position) -> bool:
    """True where clients were told of a hole between the two positions."""
    if after[1] <= before[1]:
        # The numbering went back: told under the new epoch, up to where it goes on.
        return any(hole.epoch == after[0] and hole.last <= after[1] for hole in told)
    # A numbering that went back by nothing is told as a hole without extent.
    return any(
        before[0] <= hole.epoch <= after[0]
        and (hole.last > before[1] and hole.first < after[1] or hole.last < hole.first and before[0] < hole.epoch)
        for hole in told
    )


def lies_between(candle: Message, before: Message, after: Message) -> bool:
    """A candle only grows: its range and its volume lie between those of the same candle earlier and later."""
    if candle["openTime"] != before["openTime"]:
        return False
    bounds = [("high", before, after), ("volume", before, after), ("turnover", before, after), ("low", after, before)]
    is_within = all(Decimal(low[key]) <= Decimal(candle[key]) <= Decimal(high[key]) for key, low, high in bounds)
    return is_within and candle["open"] == before["open"]
