#!/usr/bin/env python3
"""Usage: ready.py GATEWAY_HTTP

The gateway has said that it is ready: it is so at once, without a wait.
"""

from gateway import Message, check, http, main


async def script(gateway: str) -> Message:
    status, page = await http(f"{gateway}/ready")
    check(status, 200, f"{page}")
    return {}


main(script)
