"""What the gateway must make of recorded frames of the exchange: read from the files, merged independently of its code."""

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from books import Book

Message = dict[str, Any]

INTERVALS = {
    "1": "1m", "3": "3m", "5": "5m", "15": "15m", "30": "30m", "60": "1h", "120": "2h", "240": "4h", "360": "6h",
    "720": "12h", "D": "1d", "W": "1w", "M": "1M",
}  # fmt: skip
TICKER = {
    "price": "lastPrice", "markPrice": "markPrice", "indexPrice": "indexPrice", "high24h": "highPrice24h",
    "low24h": "lowPrice24h", "prevPrice24h": "prevPrice24h", "volume24h": "volume24h", "turnover24h": "turnover24h",
    "tickDirection": "tickDirection", "openInterest": "openInterest", "openInterestValue": "openInterestValue",
    "fundingRate": "fundingRate", "nextFundingTime": "nextFundingTime",
}  # fmt: skip


def topics(path: str) -> dict[str, list[Message]]:
    """The frames of each topic of a recording, in order."""
    frames: dict[str, list[Message]] = {}
    with open(path) as file:
        for line in file:
            frame = json.loads(line) if line.strip() else {}
            if "topic" in frame:
                frames.setdefault(frame["topic"], []).append(frame)
    return frames


def argument(topic: str) -> str:
    """How a client of the op dialect asks for a topic."""
    kind, *options, symbol = topic.split(".")
    match kind:
        case "tickers":
            return f"ticker:{symbol}"
        case "kline":
            return f"kline:{INTERVALS[options[0]]}:{symbol}"
        case "publicTrade":
            return f"trade:{symbol}"
        case "orderbook":
            return f"depth:{options[0]}:{symbol}"
    raise ValueError(f"a recording of another kind: {topic}")


def expected(topic: str, frames: list[Message]) -> Iterator[Message]:
    """The messages, each with `type`, `timestamp` and `data`; of an order book also the whole `book` after it."""
    make = {"tickers": tickers, "kline": candles, "publicTrade": trades, "orderbook": books}
    yield from make[topic.split(".")[0]](topic, frames)


def tickers(topic: str, frames: list[Message]) -> Iterator[Message]:
    state: dict[str, str] = {}
    for frame in frames:
        if frame["type"] == "snapshot":
            state = {}
        state.update(frame["data"])
        data: Message = {"symbol": topic.split(".")[-1]}
        data.update({name: state[key] for name, key in TICKER.items() if key in state})
        if "price24hPcnt" in state:
            data["change24hPercent"] = percent(state["price24hPcnt"])
        for side in ("bid", "ask"):
            if f"{side}1Price" in state:
                data[side] = {"price": state[f"{side}1Price"], "size": state[f"{side}1Size"]}
        yield {"type": "snapshot" if frame["type"] == "snapshot" else "update", "timestamp": frame["ts"], "data": data}


def percent(ratio: str) -> str:
    if not ratio:
        return ""
    value = (Decimal(ratio) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(abs(value) if value == 0 else value)


def candles(topic: str, frames: list[Message]) -> Iterator[Message]:
    _, interval, symbol = topic.split(".")
    kind = "snapshot"
    for frame in frames:
        for candle in frame["data"]:
            data = {"symbol": symbol, "interval": INTERVALS[interval], "openTime": candle["start"]}
            data |= {"closeTime": candle["end"], "confirmed": candle["confirm"]}
            data |= {key: candle[key] for key in ("open", "high", "low", "close", "volume", "turnover")}
            yield {"type": kind, "timestamp": frame["ts"], "data": data}
            kind = "update"


def trades(topic: str, frames: list[Message]) -> Iterator[Message]:
    for frame in frames:
        data = [
            {
                "id": trade["i"], "symbol": trade["s"], "price": trade["p"], "quantity": trade["v"],
                "side": trade["S"].lower(), "time": trade["T"], "isBlockTrade": trade["BT"],
            }
            for trade in frame["data"]
        ]  # fmt: skip
        yield {"type": "update", "timestamp": frame["ts"], "data": data}


def books(topic: str, frames: list[Message]) -> Iterator[Message]:
    book = Book()
    is_best_only = topic.split(".")[1] == "1"
    last: int | None = None
    for frame in frames:
        data = frame["data"]
        if is_best_only and data["u"] == last:
            continue  # repeated every 3 s without a change
        if frame["type"] == "snapshot" or data["u"] == 1:
            book.clear()
        book.apply(data["b"], data["a"], data["u"])
        last = data["u"]
        yield {"timestamp": frame["ts"], "book": book.levels()}
