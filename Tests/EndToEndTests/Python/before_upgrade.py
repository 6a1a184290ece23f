#!/usr/bin/env python3
"""Usage: before_upgrade.py HTTP_URL PID PATH [tls | one]      (a server that gives a connection 3 s for each request)

What connections cost that are nobody yet: requests of every kind that are half finished, oversized, slow, or pipelined
without reading the answers. None of them may cost a server more than a few KB, however much it sends; slow ones are let go
in time. With `one` it is only one, that pipelines.
"""

import asyncio
import selectors
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from gateway import Message, check, http, main

KINDS: dict[str, bytes] = {
    "nothing": b"",
    "half a line": b"GET /rea",
    "half a target": b"GET /" + b"x" * 8000,
    "half a field": b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 8000,
    "half the fields": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"Abcdefgh: ijklmnop\r\n" * 90,
    "fields without end": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 100_000,
    "a target without end": b"GET /" + b"x" * 1_000_000,
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n" + b"x" * 65_000,
    "a body that is too large": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 1_000_000,
    "chunks without end": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60_000,
    "an extension without end": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * 500_000,
    "trailers": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: b\r\n" * 100_000,
    "pipelined": b"GET PATH HTTP/1.1\r\nHost: x\r\n\r\n" * 30_000,
    "pipelined, small": b"GET / HTTP/1.1\nHost:\n\n" * 30_000,
    "pipelined, refused": b"GET PATH HTTP/1.1\r\n\r\n" * 30_000,
    "upgrades": b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" * 5000,
}
HANDSHAKES = 200
EACH = 50
# A handshake takes a while.
EACH_TLS = 8
# Three times the headers that a request may have: the text, what is made of it, and the heap.
BYTES_EACH = 32 << 10
# NIOSSL keeps buffers of its own for each connection: some 20 KB, and the session of BoringSSL.
BYTES_EACH_TLS = 128 << 10
# The heap grows by itself in steps.
BYTES_OF_ONE = 512 << 10
PIPELINED = 14 << 20


def memory(pid: str) -> int:
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon"))


class Hostile:
    """A client that sends as much as is taken, and reads nothing."""

    def __init__(self, address: tuple[str, int], data: bytes, tls: ssl.SSLContext | None) -> None:
        self.socket = socket.socket()
        # So that the kernels hold little of what nobody reads, and the server has to.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(address)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        self.socket.setblocking(False)
        self.data = memoryview(data)
        self.sent = 0
        self.closed = False

    def push(self) -> bool:
        """Whether more may be taken later."""
        try:
            for _ in range(8):
                if self.sent == len(self.data):
                    return False
                count = self.socket.send(self.data[self.sent : self.sent + 16_384])
                self.sent += count
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except OSError:
            self.closed = True
            return False
        return True


def push_all(clients: list[Hostile], seconds: float) -> None:
    """Sends as much as is taken in that time."""
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for client in clients:
            if client.push():
                selector.register(client.socket, selectors.EVENT_WRITE, client)
        while (rest := end - time.monotonic()) > 0:
            for key, _ in selector.select(rest):
                if not key.data.push():
                    selector.unregister(key.fileobj)


def crowds(address: tuple[str, int], path: bytes, tls: ssl.SSLContext | None) -> Iterator[tuple[str, list[Hostile]]]:
    for kind, data in KINDS.items():
        clients = [Hostile(address, data.replace(b"PATH", path), tls) for _ in range(EACH_TLS if tls else EACH)]
        push_all(clients, 0.25)
        yield kind, clients


async def slow(address: tuple[str, int], tls: ssl.SSLContext | None) -> float:
    """After how many seconds one is closed that sends a byte every tenth of a second."""
    reader, writer = await asyncio.open_connection(*address, ssl=tls)
    began = time.monotonic()
    closed = asyncio.create_task(reader.read())
    for byte in b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 100:
        writer.write(bytes([byte]))
        if (await asyncio.wait([closed], timeout=0.1))[0]:
            break
    writer.close()
    return time.monotonic() - began


async def half_handshakes(address: tuple[str, int], pid: str) -> float:
    """Bytes for each client that says hello and nothing more; half of them not even all of the hello."""
    hello = ssl.MemoryBIO()
    context = ssl.create_default_context()
    try:
        context.wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    words = hello.read()
    before = memory(pid)
    clients = [Hostile(address, words[: len(words) // (1 + index % 2)], None) for index in range(HANDSHAKES)]
    push_all(clients, 0.5)
    grown = (memory(pid) - before) / HANDSHAKES
    for client in clients:
        client.socket.close()
    return grown


async def script(url: str, pid: str, path: str, *rest: str) -> Message:
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 0)
    tls = None
    results: Message = {}
    if "tls" in rest:
        tls = ssl.create_default_context()
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
        results["half a handshake"] = round(await half_handshakes(address, pid))
    else:
        check((await http(f"{url}{path}"))[0] in (200, 503), True, "the page")

    waiting = asyncio.create_task(slow(address, tls)) if "one" not in rest else None
    before = memory(pid)
    request = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    one = Hostile(address, request * (PIPELINED // len(request)), tls)
    await asyncio.to_thread(push_all, [one], 2.5)
    results["one"] = memory(pid) - before
    assert one.sent < PIPELINED, "all that it asked for was read"
    assert results["one"] < BYTES_OF_ONE, results
    if waiting is None:
        return results
    results["slow"] = round(await waiting, 1)
    assert 2 < results["slow"] < 9, results

    grown = {}
    standing = []
    before = memory(pid)
    for kind, clients in crowds(address, path.encode(), tls):
        standing.append(clients)
        after = memory(pid)
        grown[kind] = round((after - before) / len(clients))
        before = after
    print(grown, flush=True)
    results["each"] = max(grown.values())
    for clients in standing:
        for client in clients:
            client.socket.close()
    one.socket.close()
    assert results["each"] < (BYTES_EACH_TLS if tls else BYTES_EACH), results
    assert results.get("half a handshake", 0) < BYTES_EACH_TLS, results
    return results


main(script, deadline=40)
