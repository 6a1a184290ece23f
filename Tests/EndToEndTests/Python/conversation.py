#!/usr/bin/env python3
"""Usage: conversation.py GATEWAY_URL

What a client and the gateway say to each other, over a fast simulated market.
"""

import asyncio
import json
import random
import time

from gateway import Client, Message, check, main, parts
from websockets.exceptions import ConnectionClosed

WILDCARD = "Wildcards (e.g. tickers.*) are not supported. Use specific symbols like tickers.BTCUSDT or ticker:ETHUSDT."
TYPES = "['depth', 'kline', 'liquidation', 'ticker', 'trade']"
INTERVALS = "['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d', '1w', '1M']"
REASONS = {
    "tickers.*": WILDCARD,
    "ticker:": WILDCARD,
    "kline:1h:*": WILDCARD,
    "bogus:BTCUSDT": f"Invalid stream type: bogus. Expected one of {TYPES}",
    "ticker": "Invalid stream format: ticker",
    "kline:BTCUSDT": "Invalid stream format: kline:BTCUSDT",
    "kline:7m:BTCUSDT": f"Invalid interval: 7m. Expected one of {INTERVALS}",
    "ticker:btcusdt": "Invalid symbol: btcusdt. Expected upper-case letters and digits, like BTCUSDT",
    "depth:500:BTCUSDT": "Invalid depth: 500. Expected one of ['1', '50', '200', '1000']",
}
TICKER = "tidegate.futures.ticker.BTCUSDT"


async def life_of_a_subscription(url: str) -> int:
    client = await Client.open(url)
    reply = await client.subscribe("ticker:BTCUSDT")
    check(
        {key: reply[key] for key in ("success", "args", "message", "rejected")},
        {"success": True, "args": ["ticker:BTCUSDT"], "message": "Subscribed to 1 streams", "rejected": None},
    )
    check((await client.data(TICKER))["type"], "snapshot")
    await client.follow_streams(500, "ticker:BTCUSDT")
    again = await client.subscribe("tickers.BTCUSDT")
    check((again["success"], again["args"]), (True, ["tickers.BTCUSDT"]), "subscribed already, in another spelling")
    late = asyncio.create_task(late_joiner(url))
    await client.follow_streams(500, "ticker:BTCUSDT")
    await late

    reply = await client.unsubscribe("ticker:BTCUSDT", "ticker:ETHUSDT")
    removed = {"op": "unsubscribe", "success": True, "args": ["ticker:BTCUSDT"], "message": "Unsubscribed from 1 streams"}
    check(reply, removed)
    # The stream goes on for the other client: had it reached this one, reading would have failed.
    other = await Client.open(url)
    await other.subscribe("ticker:BTCUSDT")
    await other.follow_streams(50, "ticker:BTCUSDT")
    await client.reply({"op": "ping"})
    check(len(client.unread), 0, "after unsubscribing")

    before = client.snapshots[TICKER]
    await client.subscribe("ticker:BTCUSDT")
    check((await client.data(TICKER))["type"], "snapshot", "subscribed again")
    check(client.snapshots[TICKER], before + 1)
    return before


async def late_joiner(url: str) -> None:
    for argument in ("ticker:BTCUSDT", "tickers.BTCUSDT", "ticker.BTCUSDT"):
        client = await Client.open(url)
        reply = await client.reply({"op": "subscribe", "args": [argument]})
        client.last[TICKER] = None
        snapshot = await client.next()
        # The snapshot is still to come: the client stands nowhere.
        check(reply["resume"]["positions"], {}, argument)
        check((snapshot["stream"], snapshot["type"], snapshot["epoch"] > 0), (TICKER, "snapshot", True), argument)
        await client.next()
        await client.close()


async def arguments(url: str) -> None:
    client = await Client.open(url)
    reply = await client.subscribe(*REASONS)
    check((reply["success"], reply["args"]), (False, []))
    check(reply["rejected"], [{"arg": arg, "code": "INVALID_ARGS", "reason": reason} for arg, reason in REASONS.items()])
    check(reply["message"], f"Subscribed to 0 streams. {len(REASONS)} rejected — see 'rejected' for details.")
    reply = await client.subscribe("trade:BTCUSDT", "tickers.*")
    check((reply["success"], reply["args"]), (True, ["trade:BTCUSDT"]))
    check(reply["message"], "Subscribed to 1 streams. 1 rejected — see 'rejected' for details.")
    client.last["ticker.btc_usdt"] = None
    reply = await client.reply({"action": "subscribe", "streams": ["ticker.btc_usdt", "orders.user123", "x.y"]})
    check((reply["action"], reply["streams"]), ("subscribed", ["ticker.btc_usdt"]))
    check([(each["stream"], each["code"]) for each in reply["rejected"]], [("orders.user123", "FORBIDDEN"), ("x.y", "INVALID_ARGS")])
    for request in ({"op": "subscribe"}, {"op": "subscribe", "args": []}, {"op": "unsubscribe", "args": None}):
        check(await client.reply(request), error("op", "INVALID_ARGS", "No streams specified"), f"{request}")


def error(key: str, code: str, message: str, **more: str | int) -> Message:
    return {key: "error", "code": code, "message": message, **more}


async def requests(url: str) -> None:
    client = await Client.open(url + "?any=query")
    pong = await client.reply({"op": "ping"})
    check((pong["op"], isinstance(pong["timestamp"], int), set(pong)), ("pong", True, {"op", "timestamp"}))
    check((await client.reply({"action": "ping", "id": "a b"}))["id"], "a b")
    check((await client.reply({"op": "ping", "id": 7}))["id"], 7)
    check((await client.reply(json.dumps({"op": "ping", "id": "binary"}).encode()))["id"], "binary")
    check((await client.subscribe("kline:1m:ETHUSDT", id="s"))["id"], "s")
    check(await client.reply({"op": "fly"}), error("op", "UNKNOWN_OP", "Unknown operation: fly"))
    check(await client.reply({"action": "fly", "id": 1}), error("action", "UNKNOWN_OP", "Unknown operation: fly", id=1))
    # What can't be read is answered in the dialect of the request before it.
    for text in ("hello", "", "[1]"):
        check(await client.reply(text), error("action", "INVALID_JSON", "Invalid JSON message"), text)
    for text in ('{"op":"ping"', '{"op":"ping"} x', '{"op":"ping","args":[}', "hello"):
        check(await client.reply(text), error("op", "INVALID_JSON", "Invalid JSON message"), text)
    guide = await Client.open(url)
    await guide.reply({"type": "subscribe", "exchange": "bybit", "symbol": "ETHUSDT"})
    check((await guide.reply({"op": "ping"}))["type"], "subscribed")
    await guide.reply({"type": "unsubscribe", "exchange": "bybit", "symbol": "ETHUSDT"})
    bad = await guide.ask("{]", lambda message: message.get("type") == "error")
    check(bad, {"type": "error", "message": "Invalid JSON format"})


async def too_many_streams(url: str) -> None:
    client = await Client.open(url)
    # They need not exist: the limit is looked at first.
    over = await client.reply({"op": "subscribe", "args": [f"ticker:A{number}USDT" for number in range(101)]})
    check(over, error("op", "LIMIT_EXCEEDED", "Max 100 subscriptions allowed"))
    pong = await client.reply({"op": "ping"})
    check((pong["op"], len(client.unread)), ("pong", 0))


async def too_many_messages(url: str) -> int:
    client = await Client.open(url)
    for number in range(250):
        await client.socket.send('{"op":"ping"}')
    replies = [await client.next() for _ in range(250)]
    refused = [reply for reply in replies if reply["op"] == "error"]
    assert 50 <= len(refused) <= 150, f"{len(refused)} of 250 refused"
    check(refused[0], error("op", "RATE_LIMIT_EXCEEDED", "Max 100 messages per second"))
    while (await client.reply({"op": "ping"}))["op"] != "pong":
        await asyncio.sleep(0.05)
    return len(refused)


async def too_big(url: str) -> None:
    client = await Client.open(url)
    padding = 65_536 - len('{"op":"ping","pad":""}')
    check((await client.reply('{"op":"ping","pad":"' + "x" * padding + '"}'))["op"], "pong", "as big as is allowed")
    try:
        await client.reply('{"op":"ping","pad":"' + "x" * (padding + 1) + '"}')
        raise AssertionError("a message that is too big was answered")
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, "no close frame"
        check(closed.rcvd.code, 1009)


async def bad_symbol(url: str) -> None:
    good = [f"kline:{interval}:BTCUSDT" for interval in ("3m", "5m", "15m", "30m", "2h", "4h", "6h", "12h", "1d")]
    batch = [*good, "kline:3m:NOPEUSDT"]
    random.shuffle(batch)
    client = await Client.open(url)
    reply = await client.subscribe(*batch)
    check(sorted(reply["args"] + [each["arg"] for each in reply["rejected"] or []]), sorted(batch))
    if not reply["rejected"]:
        told = await client.next(lambda message: message.get("op") == "rejected")
        check([each["arg"] for each in told["rejected"]], ["kline:3m:NOPEUSDT"])
        assert "handler not found" in told["rejected"][0]["reason"], told
    await client.follow_streams(3, *good)
    # The subscription has ended: there is nothing to remove.
    check((await client.reply({"op": "unsubscribe", "args": ["kline:3m:NOPEUSDT"]}))["args"], [])


async def candles(url: str) -> None:
    client = await Client.open(url)
    await client.subscribe("kline:1h:ETHUSDT", "kline:1m:ETHUSDT")
    minutes = {"1h": 60, "1m": 1}
    seen = dict.fromkeys(minutes, 0)
    while min(seen.values()) < 5:
        data = (await client.next(lambda message: "data" in message))["data"]
        seen[data["interval"]] += 1
        check(data["closeTime"] - data["openTime"], minutes[data["interval"]] * 60_000 - 1, data["interval"])
    check(set(client.last), {f"tidegate.futures.kline.{interval}.ETHUSDT" for interval in minutes})
    await client.unsubscribe("kline:1h:ETHUSDT")
    await client.follow_streams(5, "kline:1m:ETHUSDT")


async def thinned(url: str) -> int:
    """`maxRate` messages a second, which tell what they stand for."""
    client = await Client.open(url)
    client.last[TICKER] = None
    reply = await client.reply({"op": "subscribe", "args": [{"stream": "ticker:BTCUSDT", "maxRate": 4}]})
    check((reply["args"], reply["rejected"]), (["ticker:BTCUSDT"], None))
    start, count, stood_for = asyncio.get_running_loop().time(), 0, 0
    while asyncio.get_running_loop().time() < start + 3:
        message = await client.next()
        count += 1
        stood_for += message["seq"] - message.get("first", message["seq"]) + 1
    assert 6 <= count <= 14, f"{count} messages in 3 s at 4 a second"
    assert stood_for > 5 * count, f"{count} messages stand for {stood_for}"
    bad = await client.reply({"op": "subscribe", "args": [{"stream": "ticker:ETHUSDT", "maxRate": 0}]})
    check((bad["op"], bad["code"]), ("error", "INVALID_ARGS"))
    return stood_for


async def three_times(url: str) -> None:
    """All clocks are this machine's: what comes later is later, and the exchange's time is cut to its millisecond."""
    client = await Client.open(url)
    client.last[TICKER] = None
    start = time.time() * 1000
    await client.reply({"op": "subscribe", "args": ["ticker:BTCUSDT"], "times": True})
    for number in range(100):
        message = await client.data(TICKER)
        times = message["times"]
        check(list(times), ["exchange", "ingest", "sent"])
        check(times["exchange"], message["timestamp"])
        assert times["exchange"] <= times["ingest"] <= times["sent"] <= time.time() * 1000, f"{message}"
        assert number == 0 or times["sent"] >= start, f"made before it was asked for: {message}"
        assert all(value.as_tuple().exponent == -3 for value in times.values()), f"three decimals: {times}"
    await client.unsubscribe("ticker:BTCUSDT")
    client.last[TICKER] = None
    await client.reply({"op": "subscribe", "args": ["ticker:BTCUSDT"]})
    assert "times" not in await client.data(TICKER), "not asked for any longer"
    bad = await client.reply({"op": "subscribe", "args": ["ticker:BTCUSDT"], "times": "yes"})
    check((bad["op"], bad["code"], bad["message"]), ("error", "INVALID_ARGS", '"times" must be true or false'))


async def dialects(url: str) -> None:
    client = await Client.open(url)
    await client.subscribe("ticker:BTCUSDT", "trade:ETHUSDT")
    client.last["ticker.eth_usdt"] = None
    reply = await client.reply({"action": "subscribe", "streams": ["ticker.eth_usdt"], "id": 1})
    check((reply["action"], reply["streams"], reply["rejected"], reply["id"]), ("subscribed", ["ticker.eth_usdt"], None, 1))
    check((await client.data("ticker.eth_usdt"))["type"], "snapshot")
    await client.follow_streams(5, "ticker:BTCUSDT", "trade:ETHUSDT")
    assert "source" not in await client.data("ticker.eth_usdt"), "an action message has no source"
    # The same stream in another dialect: from now on it comes in that one.
    client.last["ticker.btc_usdt"] = None
    check((await client.reply({"action": "subscribe", "streams": ["ticker.btc_usdt"]}))["action"], "subscribed")
    client.unread.clear()
    del client.last[TICKER]
    check((await client.data("ticker.btc_usdt"))["type"], "snapshot")
    check(await client.reply({"action": "unsubscribe", "streams": ["ticker.btc_usdt"]}), {"action": "unsubscribed", "streams": ["ticker.btc_usdt"]})
    reply = await client.reply({"type": "subscribe", "exchange": "bybit", "symbol": "BTCUSDT"})
    check((reply["type"], reply["client_count"] > 0), ("welcome", True))
    update = await client.next(lambda message: message.get("type") == "market_update")
    check(set(update), {"type", "exchange", "symbol", "price", "volume", "timestamp"})
    await client.follow_streams(5, "trade:ETHUSDT")


async def script(url: str) -> Message:
    tests = (
        life_of_a_subscription, arguments, requests, too_many_streams, too_many_messages, too_big, bad_symbol, candles, thinned,
        three_times, dialects,
    )  # fmt: skip
    return await parts(**{test.__name__: test(url) for test in tests})


main(script, deadline=40)
