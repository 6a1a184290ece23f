#!/usr/bin/env python3
"""Usage: echo.py ECHO_URL      Text and binary messages of many sizes come back as they were sent."""

import os

from gateway import Client, Message, check, main

SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 1 << 20, 16 << 20]


async def script(url: str) -> Message:
    client = await Client.open(url)
    for size in SIZES:
        binary = os.urandom(size)
        # Characters of one to four bytes, cut to the size with what fits.
        words = ("aé水🌊" * (size // 10 + 1)).encode()[:size].decode(errors="ignore")
        text = words + "." * (size - len(words.encode()))
        for message in (binary, text):
            await client.socket.send(message)
            back = await client.socket.recv()
            assert back == message, f"{type(message).__name__} of {size} bytes came back as {type(back).__name__} of {len(back)}"
    fragments = ["one ", "message ", "", "in pieces"]
    await client.socket.send(fragments)
    check(await client.socket.recv(), "".join(fragments))
    await (await client.socket.ping())
    return {"sizes": len(SIZES)}


main(script, deadline=40)
