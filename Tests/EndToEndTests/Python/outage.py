#!/usr/bin/env python3
"""Usage: outage.py GATEWAY_HTTP SIMULATOR_HTTP drop|kill

Follows streams through an outage of the exchange. `drop`: has the simulator cut its connections. `kill`: tells the test
when to kill the simulator and when to start another.
"""

from gateway import Client, Message, check, http, main, say, told, until

STREAMS = ["ticker:BTCUSDT", "ticker:ETHUSDT", "kline:1m:BTCUSDT", "trade:BTCUSDT", "trade:ETHUSDT", "depth:BTCUSDT"]
TICKER = "tidegate.futures.ticker.BTCUSDT"
TRADES = {"tidegate.futures.trade.BTCUSDT", "tidegate.futures.trade.ETHUSDT"}


class Follower(Client):
    """Checks also that a ticker's state never loses a field."""

    fields: dict[str, set[str]] = {}

    def follow(self, message: Message) -> None:
        super().follow(message)
        if ".ticker." in message["stream"]:
            known = self.fields.setdefault(message["stream"], set(message["data"]))
            check(set(message["data"]), known, f"fields of {message['stream']}")


async def script(gateway: str, simulator: str, kind: str) -> Message:
    client = await Follower.open(gateway.replace("http", "ws") + "/ws", ping_interval=20)
    await client.subscribe(*STREAMS, "ticker:NOPEUSDT")
    await client.next(lambda message: message.get("op") == "rejected")
    await client.follow_streams(5, *STREAMS)

    async def is_healthy() -> bool:
        return await health(gateway) == (200, "healthy", "connected")

    await until(is_healthy, "the node has heard that all is well")
    check(client.gaps, [])

    thinned = await Client.open(gateway.replace("http", "ws") + "/ws")
    thinned.last[TICKER] = None
    await thinned.reply({"op": "subscribe", "args": [{"stream": "ticker:BTCUSDT", "maxRate": 0.5}]})
    check((await thinned.next())["type"], "snapshot")

    if kind == "drop":
        check((await http(f"{simulator}/faults/drop", "POST"))[0] // 100, 2)
    else:
        say("steady")

        async def is_degraded() -> bool:
            return await health(gateway) == (503, "degraded", "disconnected")

        await until(is_degraded, "/health tells of the outage")
        newcomer = await Client.open(gateway.replace("http", "ws") + "/ws")
        reply = await newcomer.subscribe("ticker:BTCUSDT")
        snapshot = await newcomer.next()
        assert reply["success"] and snapshot["type"] == "snapshot", "who joins meanwhile gets the last state"
        say("degraded")
        await told("a new simulator is there")

    while {gap["stream"] for gap in client.gaps} != TRADES:
        await client.next()
    await client.follow_streams(10, *STREAMS)
    if kind == "drop":
        # What stands for a new snapshot and all that came since is a snapshot.
        after = await thinned.next()
        check((after["type"], after["first"] < after["seq"]), ("snapshot", True), "thinned")
        await thinned.close()
    for gap in client.gaps:
        check((gap["op"], gap["reason"]), ("gap", "upstream"))
    check(len(client.gaps), len(TRADES), "one notice for each stream of events")

    await until(is_healthy, "/health is well again")
    check(len(set(client.epochs.values())), 1, "epochs")
    upstream = (await http(f"{gateway}/stats"))[1]["upstream"]["clients"]["linear"]
    assert upstream["reconnect_count"] >= 1 and upstream["connected"], upstream
    check(upstream["subscribed_count"], len(STREAMS), "the bad one took nobody with it")
    return {"reconnects": upstream["reconnect_count"]}


async def health(gateway: str) -> tuple[int, str | None, str | None]:
    status, page = await http(f"{gateway}/health")
    return status, page.get("status"), page.get("upstream")


main(script)
