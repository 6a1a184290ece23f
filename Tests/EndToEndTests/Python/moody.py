#!/usr/bin/env python3
"""Usage: moody.py (STATUS RETRY_AFTER | CODE)

A gateway that lets the first client in and then goes: with 1011, and answers whoever comes back with an HTTP status; or with a close code.
Says its port on the first line, and `asked` with seconds since it was left for each request. Ends when its input does.
"""

import asyncio
import sys
import time
from http import HTTPStatus

from websockets.asyncio.server import Request, Response, ServerConnection, serve

status = int(sys.argv[1]) if len(sys.argv) > 2 else None
code = 1011 if status else int(sys.argv[1])
left: float | None = None


def refuse(connection: ServerConnection, request: Request) -> Response | None:
    if left is None:
        return None
    print(f"asked after {time.monotonic() - left:.1f}", flush=True)
    # Some servers echo what they were asked for.
    response = connection.respond(HTTPStatus(status or 503), f"not now: {request.path}\n")
    response.headers["Retry-After"] = sys.argv[2] if status else "1"
    return response


async def talk(connection: ServerConnection) -> None:
    global left
    await connection.recv()
    await connection.send('{"op":"subscribe","args":["orders.user123"],"rejected":null}')
    await connection.send(
        '{"stream":"tidegate.futures.orders.user123","type":"update","seq":1,"data":{"price": 1.50,\n "side":"buy"},"timestamp":0}'
    )
    await connection.send('{"stream":"typing.x","type":"transient","data":[1.0],"timestamp":0}')
    left = time.monotonic()
    await connection.close(code, "enough")


async def main() -> None:
    async with serve(talk, "127.0.0.1", 0, process_request=refuse) as server:
        print(f"port={server.sockets[0].getsockname()[1]} ", flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
