"""The streams that the cluster's clients follow: how each is spelled, what class it is of, and books with a running hash.

Independent of the gateway's code: everything here is from the protocol's and the exchange's documents.
"""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The helpers of the other client scripts lie beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from recording import INTERVALS, TICKER, percent  # noqa: E402

Message = dict[str, Any]

LATEST, DELTA, EVENT = "latest", "delta", "event"

TOPIC_INTERVAL = {name: topic for topic, name in INTERVALS.items()}


@dataclass(frozen=True, eq=False)
class Stream:
    """One stream with all of its names. There is one object for each, so it is compared by identity."""

    canonical: str
    kind: str
    symbol: str
    option: str | None
    delivery: str = field(init=False)

    def __post_init__(self) -> None:
        classes = {"ticker": LATEST, "kline": LATEST, "depth": DELTA, "trade": EVENT}
        object.__setattr__(self, "delivery", classes[self.kind])

    @property
    def has_state(self) -> bool:
        return self.delivery != EVENT

    @property
    def pair(self) -> str:
        return self.symbol.removesuffix("USDT").lower() + "_usdt"

    @property
    def shown_option(self) -> str | None:
        """Depth 50 is the usual one and left out."""
        return None if (self.kind, self.option) == ("depth", "50") else self.option

    def argument(self, dialect: str) -> str:
        """How a client of the dialect asks for it."""
        if dialect == "op":
            return ":".join(part for part in (self.kind, self.shown_option, self.symbol) if part)
        return self.shown(dialect)

    def shown(self, dialect: str) -> str:
        """How the dialect's data frames spell it."""
        if dialect == "op":
            return ".".join(part for part in ("tidegate.futures", self.kind, self.shown_option, self.symbol) if part)
        word = "trades" if self.kind == "trade" else self.kind
        return ".".join(part for part in (word, self.shown_option, self.pair) if part)

    @property
    def topic(self) -> str:
        """What the exchange calls it."""
        match self.kind:
            case "ticker":
                return f"tickers.{self.symbol}"
            case "trade":
                return f"publicTrade.{self.symbol}"
            case "kline":
                return f"kline.{TOPIC_INTERVAL[self.option or '']}.{self.symbol}"
            case _:
                return f"orderbook.{self.option}.{self.symbol}"

    def __str__(self) -> str:
        return self.canonical


def make_stream(canonical: str) -> Stream:
    kind, *options, symbol = canonical.split(".")
    return Stream(canonical, kind, symbol, options[0] if options else None)


STREAMS: list[Stream] = [
    make_stream(name)
    for name in (
        *(f"ticker.{symbol}USDT" for symbol in ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "BNB")),
        *(f"trade.{symbol}USDT" for symbol in ("BTC", "ETH", "SOL", "XRP", "DOGE", "ADA")),
        *(f"kline.1m.{symbol}USDT" for symbol in ("BTC", "ETH", "SOL")),
        *(f"depth.50.{symbol}USDT" for symbol in ("BTC", "ETH", "SOL")),
        "depth.200.BTCUSDT",
    )
]
# So many symbols the simulator needs for these.
SYMBOLS = 8

BY_NAME: dict[str, Stream] = {
    name: stream
    for stream in STREAMS
    for name in (
        stream.canonical,
        *(stream.argument(dialect) for dialect in ("op", "action")),
        *(stream.shown(dialect) for dialect in ("op", "action")),
    )
}
BY_TOPIC: dict[str, Stream] = {stream.topic: stream for stream in STREAMS}


def digest(value: Any) -> int:
    """Equal for equal JSON values, whatever the order of their keys."""
    return hash(json.dumps(value, sort_keys=True))


Change = tuple[tuple[str, str], int]


def changes_of(bids: list[list[str]], asks: list[list[str]]) -> list[Change]:
    """The levels of a book message, each with its hash; 0 for one that is deleted."""
    found: list[Change] = []
    for side, levels in (("bid", bids), ("ask", asks)):
        for price, size in levels:
            is_deleted = not size.strip("0.")
            found.append(((side, price), 0 if is_deleted else hash((side, price, size))))
    return found


class Book:
    """A book as the set of its levels' hashes: `total` is equal for equal books, and cheap to keep."""

    def __init__(self) -> None:
        self.levels: dict[tuple[str, str], int] = {}
        self.total = 0

    def apply(self, changes: list[Change], is_snapshot: bool) -> None:
        if is_snapshot:
            self.levels.clear()
            self.total = 0
        for key, value in changes:
            self.total ^= self.levels.pop(key, 0) ^ value
            if value:
                self.levels[key] = value


def ticker_data(state: dict[str, str], symbol: str) -> Message:
    """What clients must get for the exchange's ticker `state`."""
    data: Message = {"symbol": symbol}
    data.update({name: state[key] for name, key in TICKER.items() if key in state})
    if "price24hPcnt" in state:
        data["change24hPercent"] = percent(state["price24hPcnt"])
    for side in ("bid", "ask"):
        if f"{side}1Price" in state:
            data[side] = {"price": state[f"{side}1Price"], "size": state[f"{side}1Size"]}
    return data


def candle_data(candle: Message, stream: Stream) -> Message:
    data = {"symbol": stream.symbol, "interval": stream.option, "openTime": candle["start"]}
    data |= {"closeTime": candle["end"], "confirmed": candle["confirm"]}
    return data | {key: candle[key] for key in ("open", "high", "low", "close", "volume", "turnover")}


def trade_data(trade: Message) -> Message:
    return {
        "id": trade["i"], "symbol": trade["s"], "price": trade["p"], "quantity": trade["v"],
        "side": trade["S"].lower(), "time": trade["T"], "isBlockTrade": trade["BT"],
    }  # fmt: skip


class Bounded(dict[Any, Any]):
    """A table that forgets its oldest entries beyond `bound`."""

    def __init__(self, bound: int) -> None:
        super().__init__()
        self.bound = bound

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > self.bound:
            del self[next(iter(self))]
