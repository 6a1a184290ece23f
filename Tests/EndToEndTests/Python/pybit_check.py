#!/usr/bin/env python3
"""Checks a server with pybit 5.17.0, a real client of the exchange.

Usage: pybit_check.py URL SECONDS        (URL such as ws://127.0.0.1:9443/v5/public/linear)

Subscribes tickers, candles, trades and order books 50 and 200 of two symbols, runs SECONDS, and fails (exit 1) when a
kind of callback did not arrive, when pybit's own merge raised or logged an error, when a merged book was crossed, had a
level twice or more levels than its depth, when `u` did not rise by one, or when the connection was lost.
Prints a summary in one line of JSON. Needs: pip install pybit==5.17.0
"""

import collections
import json
import logging
import sys
import threading
import time

import pybit.unified_trading as ut

SYMBOLS = ["BTCUSDT", "ETHUSDT"]
DEPTHS = [50, 200]
MAX_PROBLEMS = 20


class ErrorCollector(logging.Handler):
    """pybit and websocket-client report failed merges and lost connections to their loggers."""

    def __init__(self, report):
        super().__init__(logging.WARNING)
        self.report = report

    def emit(self, record):
        self.report(f"{record.name} logged: {record.getMessage()}")


class Check:
    def __init__(self):
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.problems = []
        self.last_update = {}
        self.books_seen = collections.Counter()

    def report(self, problem):
        with self.lock:
            if len(self.problems) < MAX_PROBLEMS:
                self.problems.append(problem)

    def expected(self):
        kinds = ["tickers.%s", "kline.1.%s", "publicTrade.%s"] + [f"orderbook.{depth}.%s" for depth in DEPTHS]
        return [kind % symbol for kind in kinds for symbol in SYMBOLS]

    def on_message(self, message):
        try:
            self.counts[message["topic"]] += 1
            handler = getattr(self, "on_" + message["topic"].split(".")[0])
            handler(message)
        except Exception as error:  # anything that goes wrong in a callback is a finding, not a crash of the thread
            self.report(f"{type(error).__name__} in the callback: {error}")

    def on_tickers(self, message):
        data = message["data"]
        for key in ("lastPrice", "markPrice", "bid1Price", "ask1Price", "volume24h", "turnover24h", "fundingRate"):
            float(data[key])
        if float(data["bid1Price"]) >= float(data["ask1Price"]):
            self.report(f"{message['topic']}: bid {data['bid1Price']} not below ask {data['ask1Price']}")

    def on_kline(self, message):
        for candle in message["data"]:
            low, high = float(candle["low"]), float(candle["high"])
            if not all(low <= float(candle[key]) <= high for key in ("open", "close")):
                self.report(f"{message['topic']}: prices outside low and high: {candle}")
            if candle["end"] - candle["start"] != 59_999:
                self.report(f"{message['topic']}: a minute from {candle['start']} to {candle['end']}")

    def on_publicTrade(self, message):
        times = [trade["T"] for trade in message["data"]]
        if not times or times != sorted(times):
            self.report(f"{message['topic']}: trades not in order of time")
        if any(float(trade["v"]) <= 0 or trade["S"] not in ("Buy", "Sell") for trade in message["data"]):
            self.report(f"{message['topic']}: a trade without size or side")

    def on_orderbook(self, message):
        topic, data = message["topic"], message["data"]
        depth = int(topic.split(".")[1])
        # pybit appends new levels at the end, so its lists are not in order: sort before looking.
        bids = sorted((float(price) for price, _ in data["b"]), reverse=True)
        asks = sorted(float(price) for price, _ in data["a"])
        if not bids or not asks:
            self.report(f"{topic}: a side is empty")
            return
        if bids[0] >= asks[0]:
            self.report(f"{topic}: crossed, {bids[0]} >= {asks[0]} at u {data['u']}")
        for side in (bids, asks):
            if len(side) > depth:
                self.report(f"{topic}: {len(side)} levels at u {data['u']}")
            if len(set(side)) != len(side):
                self.report(f"{topic}: a level twice at u {data['u']}")
        if any(float(size) <= 0 for side in ("b", "a") for _, size in data[side]):
            self.report(f"{topic}: a level without size at u {data['u']}")
        last = self.last_update.get(topic)
        if last is not None and data["u"] not in (last + 1, 1):
            self.report(f"{topic}: u went from {last} to {data['u']}")
        self.last_update[topic] = data["u"]


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    url, seconds = sys.argv[1], float(sys.argv[2])
    if not url.endswith("/v5/public/linear"):
        print(f"pybit_check.py: {url}: the URL must end in /v5/public/linear", file=sys.stderr)
        return 2
    ut.PUBLIC_WSS = url[: -len("linear")] + "{CHANNEL_TYPE}"

    check = Check()
    collector = ErrorCollector(check.report)
    for name in ("pybit", "pybit._websocket_stream", "websocket"):
        logging.getLogger(name).addHandler(collector)
        logging.getLogger(name).propagate = False
    threading.excepthook = lambda details: check.report(
        f"{details.exc_type.__name__} in a thread of pybit: {details.exc_value}"
    )

    try:
        socket = ut.WebSocket(testnet=False, channel_type="linear", restart_on_error=False, retries=3)
    except Exception as error:
        print(f"pybit_check.py: cannot connect to {url}: {error}", file=sys.stderr)
        return 1
    socket.ticker_stream(SYMBOLS, check.on_message)
    socket.kline_stream(1, SYMBOLS, check.on_message)
    socket.trade_stream(SYMBOLS, check.on_message)
    for depth in DEPTHS:
        socket.orderbook_stream(depth, SYMBOLS, check.on_message)

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(0.1, max(0.0, end - time.monotonic())))
        if not socket.is_connected():
            check.report("the connection was lost")
            break
    for topic in check.expected():
        if not check.counts[topic]:
            check.report(f"{topic}: no callback in {seconds:g} s")
    socket.exit()

    ok = not check.problems
    print(json.dumps({"ok": ok, "seconds": seconds, "callbacks": dict(check.counts), "problems": check.problems}))
    for problem in check.problems:
        print(f"pybit_check.py: {problem}", file=sys.stderr)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
