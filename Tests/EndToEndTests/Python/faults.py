#!/usr/bin/env python3
"""Usage: faults.py GATEWAY_HTTP SIMULATOR_HTTP

Has the simulator misbehave in every way that it knows: all streams go on, and the book that a client has kept equals the
one that a newcomer gets.
"""

import asyncio

from books import Book
from gateway import Client, Message, check, http, main, until

DEPTH = "tidegate.futures.depth.BTCUSDT"
STREAMS = ["ticker:BTCUSDT", "ticker:ETHUSDT", "trade:ETHUSDT", "kline:1m:ETHUSDT", "depth:BTCUSDT", "depth:200:ETHUSDT"]


class Keeper(Client):
    """Keeps the book of BTCUSDT as it reads, by position."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.book = Book()
        self.books: dict[int, tuple] = {}

    def follow(self, message: Message) -> None:
        super().follow(message)
        if message["stream"] == DEPTH:
            self.book.take(message)
            self.books[message["seq"]] = self.book.levels()


async def check_book(client: Keeper, url: str) -> None:
    """A newcomer's snapshot is what the client had at that position."""
    fresh = await Client.open(url)
    await fresh.subscribe("depth:BTCUSDT")
    snapshot = await fresh.data(DEPTH)
    book = Book()
    book.take(snapshot)
    while (client.last[DEPTH] or 0) < snapshot["seq"]:
        await client.next()
    check(client.books[snapshot["seq"]], book.levels(), f"the book at {snapshot['seq']}")
    bids, asks, _ = book.levels()
    assert bids and asks and float(bids[0][0]) < float(asks[0][0]), f"crossed: {bids[0]} {asks[0]}"
    await fresh.close()


async def script(gateway: str, simulator: str) -> Message:
    url = gateway.replace("http", "ws") + "/ws"
    client = await Keeper.open(url)
    await client.subscribe(*STREAMS)
    await client.follow_streams(5, *STREAMS)
    await check_book(client, url)

    for fault in ("garbage", "oversized?bytes=10000000", "restart-book?symbol=BTCUSDT", "garbage", "restart-book"):
        status, page = await http(f"{simulator}/faults/{fault}", "POST")
        check(status // 100, 2, f"{fault}: {page}")
        if "restart" in fault:
            await client.next(lambda message: message.get("stream") == DEPTH and message["data"]["updateId"] == 1)
        await client.follow_streams(10, *STREAMS)
        await check_book(client, url)
        check(client.gaps, [], f"after {fault}")
    check(await reconnects(gateway), 0)

    check((await http(f"{simulator}/faults/stall?seconds=60", "POST"))[0] // 100, 2)
    start = asyncio.get_running_loop().time()

    async def has_reconnected() -> bool:
        return await reconnects(gateway) == 1

    await until(has_reconnected, "the stall is noticed")
    noticed = asyncio.get_running_loop().time() - start
    assert noticed < 6, f"noticed after {noticed:.1f} s"
    await client.follow_streams(10, *STREAMS)
    await check_book(client, url)
    check([gap["stream"] for gap in client.gaps], ["tidegate.futures.trade.ETHUSDT"])
    return {"stall_noticed_after": round(noticed, 2), "books": len(client.books)}


async def reconnects(gateway: str) -> int:
    return (await http(f"{gateway}/stats"))[1]["upstream"]["clients"]["linear"]["reconnect_count"]


main(script, deadline=90)
