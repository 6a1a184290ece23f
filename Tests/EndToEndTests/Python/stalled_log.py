#!/usr/bin/env python3
"""Usage: stalled_log.py EDGE_NODE      (the program)

Whoever reads a node's log has stopped, and the pipe is full: the node starts, answers and ends as ever, and what it said
meanwhile comes when the log is read again.
"""

import asyncio
import fcntl
import os
import re
import signal
import subprocess
import time

from gateway import Client, Message, WAIT, check, http, main


def fill(pipe: int) -> int:
    """How many bytes of nothing the pipe took."""
    os.set_blocking(pipe, False)
    count = 0
    try:
        while True:
            count += os.write(pipe, b" " * 4096)
    except BlockingIOError:
        os.set_blocking(pipe, True)
        return count


def port_of(pid: int) -> int | None:
    """The port that the process listens on, which its log would tell."""
    inodes = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            inodes.add(os.readlink(entry.path))
        except OSError:
            pass
    with open("/proc/net/tcp") as lines:
        for line in list(lines)[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                return int(fields[1].split(":")[1], 16)
    return None


async def script(program: str) -> Message:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    filler = fill(writing)
    environment = {
        **os.environ, "PORT": "0", "HOST": "127.0.0.1", "EDGE_THREADS": "1", "LOG_LEVEL": "debug",
        "BROKER_URL": "redis://127.0.0.1:1", "HISTORY_URL": "none", "DRAIN_SECONDS": "1",
    }
    node = subprocess.Popen([program], env=environment, stderr=writing)
    try:
        end = time.monotonic() + WAIT
        while (port := port_of(node.pid)) is None:
            assert time.monotonic() < end and node.poll() is None, "the node does not listen"
            await asyncio.sleep(0.02)
        check((await http(f"http://127.0.0.1:{port}/"))[0], 200, "a page")
        client = await Client.open(f"ws://127.0.0.1:{port}/ws")
        check((await client.reply({"op": "ping"}))["op"], "pong", "a client")
        check((await http(f"http://127.0.0.1:{port}/stats"))[1]["log_lines_dropped"], 0, "nothing is lost")

        # The reader is back: all is there, in order.
        os.read(reading, filler)
        log = b""
        while b"listening" not in log:
            log += await asyncio.wait_for(asyncio.to_thread(os.read, reading, 4096), WAIT)
        # The lines of one task; two tasks may write theirs the other way round than they took the time.
        said = [log.find(words) for words in (b"CONTROL_KEY", b"auth_mode=", b"RESUME_TOKEN_KEY", b"listening")]
        assert -1 not in said and said == sorted(said), log.decode()
        lines = re.findall(rb"^\S+Z ", log, re.MULTILINE)

        # And gone again: the end is not held up for longer than what waits may take.
        fill(writing)
        began = time.monotonic()
        node.send_signal(signal.SIGTERM)
        check(await asyncio.to_thread(node.wait, WAIT), 0, "the end")
        return {"lines": len(lines), "seconds to end": round(time.monotonic() - began, 1)}
    finally:
        node.kill()


main(script, deadline=40)
