#!/usr/bin/env python3
"""Usage: recorded_check.py GATEWAY_URL RECORDING

The gateway's upstream replays RECORDING to whoever subscribes. Asks for all of its topics in each dialect before the first
frame comes, and compares every message, field by field, with an independent merge.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from books import Book
from gateway import Client, Message, check, main, stream_of
from recording import argument, expected, topics

WELCOME = "Connected to market data feed"


async def follow_op(url: str, wanted: dict[str, list[Message]]) -> int:
    client = await Client.open(url)
    arguments = [argument(topic) for topic in wanted]
    reply = await client.subscribe(*arguments)
    check((reply["success"], reply["args"], reply["rejected"]), (True, arguments, None), "the reply")
    streams = {stream_of(argument(topic)): messages for topic, messages in wanted.items()}
    return await compare(client, streams, {"source": "tidegate"})


async def follow_action(url: str, wanted: dict[str, list[Message]]) -> int:
    client = await Client.open(url)
    streams = {action_name(topic): messages for topic, messages in wanted.items()}
    client.last = dict.fromkeys(streams)
    reply = await client.reply({"action": "subscribe", "streams": list(streams)})
    check((reply["action"], reply["streams"], reply["rejected"]), ("subscribed", list(streams), None), "the reply")
    return await compare(client, streams, {})


def action_name(topic: str) -> str:
    """`btc_usdt` for the symbol, `trades` for trades, and no depth where it is the usual one."""
    kind, *options, symbol = argument(topic).split(":")
    pair = next((f"{symbol[: -len(quote)]}_{quote}" for quote in ("USDT", "USDC", "USD") if symbol.endswith(quote)), symbol)
    words = ["trades" if kind == "trade" else kind, *(word for word in options if (kind, word) != ("depth", "50"))]
    return ".".join([*words, pair.lower()])


async def compare(client: Client, streams: dict[str, list[Message]], more: Message) -> int:
    """Reads all that is expected, and then nothing more of it."""
    count = {stream: 0 for stream in streams}
    books = {stream: Book() for stream in streams}
    while any(count[stream] < len(messages) for stream, messages in streams.items()):
        message = await client.next()
        stream = message["stream"]
        assert count[stream] < len(streams[stream]), f"more than was recorded: {message}"
        compare_one(message, streams[stream][count[stream]], books[stream], count[stream] + 1, more)
        count[stream] += 1
    pong = await client.reply({"op": "ping"})
    check((pong["op"], len(client.unread)), ("pong", 0), "after the last recorded frame")
    return sum(count.values())


def compare_one(message: Message, wanted: Message, book: Book, sequence: int, more: Message) -> None:
    where = f"{message['stream']} {sequence}"
    check(message["seq"], sequence, where)
    if "book" in wanted:
        book.take(message)
        check(book.levels(), wanted["book"], f"{where}: the book")
        wanted = {"timestamp": wanted["timestamp"], "type": message["type"], "data": message["data"]}
    envelope = {key: value for key, value in message.items() if key not in ("stream", "seq", "epoch")}
    check(envelope, {**wanted, **more}, where)
    check("epoch" in message, sequence == 1 or message["type"] == "snapshot", f"{where}: epoch")


async def follow_type(url: str, wanted: dict[str, list[Message]]) -> int:
    client = await Client.open(url)
    streams = {topic.split(".")[1]: messages for topic, messages in wanted.items() if topic.startswith("tickers.")}
    is_first = True
    for symbol in streams:
        request = {"type": "subscribe", "exchange": "bybit", "symbol": symbol}
        reply = await client.reply(request)
        if is_first:
            check((reply["type"], reply["message"], "client_count" in reply), ("welcome", WELCOME, True), "the welcome")
            reply = await client.next(lambda message: message["type"] != "market_update")
            is_first = False
        check(reply, {**request, "type": "subscribed"}, "the reply")
    left = {symbol: iter(messages) for symbol, messages in streams.items()}
    total = sum(map(len, streams.values()))
    for _ in range(total):
        message = await client.next()
        recorded = next(left[message["symbol"]])
        update = {"type": "market_update", "exchange": "bybit", "symbol": message["symbol"]}
        update |= {"price": Decimal(recorded["data"]["price"]), "volume": Decimal(recorded["data"]["volume24h"])}
        check(message, {**update, "timestamp": recorded["timestamp"]}, "a market update")
    return total


async def script(url: str, path: str) -> Message:
    wanted = {topic: list(expected(topic, frames)) for topic, frames in topics(path).items()}
    assert wanted, f"{path} has no frames"
    dialects: list[Callable] = [follow_op, follow_action, follow_type]
    counts = await asyncio.gather(*(dialect(url, wanted) for dialect in dialects))
    return {"topics": len(wanted), "op": counts[0], "action": counts[1], "type": counts[2]}


main(script, deadline=40)
