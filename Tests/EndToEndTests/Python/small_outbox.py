#!/usr/bin/env python3
"""Usage: small_outbox.py GATEWAY_URL       (a gateway with MAX_OUTBOX_BYTES=4096)

Deep books, each much more than fits into the outbox, and trades, which may not be held back: a client whose socket takes
what comes is not slow.
"""

from gateway import Client, check, main

SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
STREAMS = [f"{kind}:{symbol}" for symbol in SYMBOLS for kind in ("depth:1000", "trade", "ticker")]


async def script(url: str) -> None:
    client = await Client.open(url)
    await client.subscribe(*STREAMS)
    await client.follow_streams(5, *STREAMS)
    for _ in range(5):
        again = await Client.open(url)
        await again.subscribe(*STREAMS)
        await again.follow_streams(1, *STREAMS)
        await again.close()
        await client.follow_streams(1, *STREAMS)
    check(client.gaps, [])


main(script)
