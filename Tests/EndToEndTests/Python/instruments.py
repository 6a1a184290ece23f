#!/usr/bin/env python3
"""Usage: instruments.py GATEWAY_HTTP SIMULATOR_HTTP

An invented symbol is rejected in the reply, with the nearest that there are, and never reaches the exchange; a new listing is
had within seconds.
"""

import asyncio
import time

from gateway import Client, Message, check, http, main, stream_of

# The leader asks again at most so often.
INTERVAL = 10.0


async def refusals(simulator: str) -> int:
    return int((await http(f"{simulator}/stats"))[1]["refusals"])


async def ask(client: Client, symbol: str) -> str | None:
    """Why there is no such symbol; None where it was accepted. What comes of an earlier one meanwhile is kept for `next`."""
    request = {"op": "subscribe", "args": [f"ticker:{symbol}"]}
    reply = await client.ask(request, lambda message: message.get("op") in ("subscribe", "error"))
    check(reply["op"], "subscribe", f"reply {reply}")
    for argument in reply["args"]:
        client.last.setdefault(stream_of(argument), None)
    rejected = reply["rejected"] or []
    check([each["arg"] for each in rejected] + reply["args"], [f"ticker:{symbol}"])
    return rejected[0]["reason"] if rejected else None


async def script(gateway: str, simulator: str) -> Message:
    client = await Client.open(gateway.replace("http", "ws") + "/ws", ping_interval=20)
    # Before the node has heard the list, the exchange itself is asked.
    index = 0
    accepted: set[str] = set()
    while "Unknown symbol" not in (reason := await ask(client, f"INVENTED{index}USDT") or ""):
        if not reason:
            accepted.add(f"ticker:INVENTED{index}USDT")
        index += 1
        await asyncio.sleep(0.05)
    # The exchange refuses each of them, and the client is told: then no more of its refusals are to come.
    while accepted:
        message = await client.next(lambda message: message.get("op") == "rejected")
        accepted -= {each["arg"] for each in message["rejected"]}
    before = await refusals(simulator)
    asked = time.monotonic()
    reply = await client.subscribe("ticker:BTCUSDT", "ticker:BTCUSTD", "depth:ETHUSD")
    check(reply["args"], ["ticker:BTCUSDT"])
    reasons = {each["arg"]: each["reason"] for each in reply["rejected"]}
    for argument, symbol, nearest in (("ticker:BTCUSTD", "BTCUSTD", "BTCUSDT"), ("depth:ETHUSD", "ETHUSD", "ETHUSDT")):
        assert reasons[argument].startswith(f"Unknown symbol: {symbol}. "), reasons
        assert f"nearest are {nearest}" in reasons[argument], reasons
    assert time.monotonic() - asked < 5, "at once"
    await client.follow_streams(2, "ticker:BTCUSDT")

    # A contract before its launch. Within the interval nobody asks again; then whoever names it is the reason to.
    check((await http(f"{simulator}/faults/list?symbol=NEWUSDT&status=PreLaunch", "POST"))[0], 200)
    listed = time.monotonic()
    while (reason := await ask(client, "NEWUSDT")) is not None:
        assert reason.startswith("Unknown symbol: NEWUSDT. "), reason
        assert time.monotonic() - listed < 2 * INTERVAL + 5, "a new listing was refused for too long"
        await asyncio.sleep(0.5)
    took = time.monotonic() - listed
    await client.follow_streams(2, "ticker:NEWUSDT")
    check(await refusals(simulator), before, "no invented name has reached the exchange")
    return {"took": round(took, 2)}


main(script, deadline=60)
