"""Real processes: started, killed, stopped and continued, each with a log of its own; all ended with this one."""

import asyncio
import contextlib
import ctypes
import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from market import Message

START_WAIT = 20.0
# Nothing of the environment that a test happens to run in may set anything.
INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR")

# From <sys/prctl.h>: the child gets a signal when its parent ends, however that is.
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Trouble(Exception):
    """A process or a page that is not what it has to be, in words."""


async def until(condition: Callable[[], Awaitable[bool] | bool], what: str, limit: float = 10.0) -> float:
    """Asks again every 20 ms until it is true; answers after how many seconds. For what can only be asked for."""
    start = time.monotonic()
    while True:
        answer = condition()
        if answer if isinstance(answer, bool) else await answer:
            return time.monotonic() - start
        if time.monotonic() - start > limit:
            raise Trouble(f"not within {limit:g} s: {what}")
        await asyncio.sleep(0.02)


class Ports:
    """Ports that are free now and stay so while nobody listens: below the range that outgoing connections are given."""

    def __init__(self) -> None:
        # Not from the run's seed: two runs on one machine must not take the same.
        self.dice = random.Random(os.urandom(8))
        self.taken: set[int] = set()

    def take(self) -> int:
        for _ in range(1000):
            port = self.dice.randint(12_000, 31_000)
            if port not in self.taken and self.is_free(port):
                self.taken.add(port)
                return port
        raise Trouble("found no free port between 12000 and 31000")

    @staticmethod
    def is_free(port: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
            return True


class Process:
    """One process by name, which may be started again after its end. Both of its outputs go to one file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.child: subprocess.Popen[bytes] | None = None
        self.log_start = 0
        # A fault has ended it, and will start it again: another one at the same time need not wonder.
        self.is_ended_by_us = False

    # Starting and ending

    def start(self) -> None:
        assert not self.is_running, f"{self.name} runs already"
        self.is_ended_by_us = False
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
        with open(self.log, "ab") as log:
            self.log_start = log.tell()
            self.child = subprocess.Popen(
                self.command,
                env={**inherited, **self.environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )

    @property
    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int:
        assert self.child
        return self.child.pid

    def signal(self, number: int) -> None:
        assert self.child and self.is_running, f"{self.name} has ended: {self.tail()}"
        self.child.send_signal(number)

    async def kill(self) -> None:
        self.is_ended_by_us = True
        self.signal(signal.SIGKILL)
        await self.ended(5)

    async def stop(self, limit: float = 20) -> None:
        """As an operator does; it must end in good order."""
        self.is_ended_by_us = True
        self.signal(signal.SIGTERM)
        status = await self.ended(limit)
        if status != 0:
            raise Trouble(f"{self.name} ended with {status} on SIGTERM:\n{self.tail()}")

    async def ended(self, limit: float) -> int:
        """Its exit status; negative for a signal."""
        await until(lambda: not self.is_running, f"{self.name} ends", limit)
        assert self.child and self.child.returncode is not None
        return self.child.returncode

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def proceed(self) -> None:
        self.signal(signal.SIGCONT)

    # What it says

    def text(self) -> str:
        """What it has printed since it was started last."""
        if not self.child:
            return ""
        with open(self.log, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    async def line(self, text: str, limit: float = START_WAIT) -> str:
        """The first line with `text` since its last start."""
        found: list[str] = []

        def looks() -> bool:
            found[:] = [line for line in self.text().splitlines() if text in line]
            if not found and not self.is_running:
                raise Trouble(f"{self.name} ended before it said {text!r}:\n{self.tail()}")
            return bool(found)

        await until(looks, f"{self.name} says {text!r}", limit)
        return found[0]

    async def port(self, text: str) -> int:
        """The port in its line with `text`: the last number behind `port=` or `address=`."""
        line = await self.line(text)
        ports = re.findall(r"(?:port|address)=\S*?(\d+)(?:\s|$)", line)
        if not ports:
            raise Trouble(f"{self.name} tells no port: {line}")
        return int(ports[-1])

    def tail(self, lines: int = 25) -> str:
        return "\n".join(self.text().splitlines()[-lines:])


class Processes:
    """All processes of a run, and their folder. Leaving it ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: list[Process] = []
        self.ports = Ports()

    def make(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Process:
        process = Process(name, command, environment or {}, self.folder)
        self.all.append(process)
        return process

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.all:
            if process.is_running:
                # Ends a stopped one, too.
                process.signal(signal.SIGKILL)
        for process in self.all:
            if process.child:
                process.child.wait(timeout=10)

    def tails(self) -> str:
        return "\n".join(f"--- {process.name} ({process.log})\n{process.tail(8)}" for process in self.all)


async def page(url: str, method: str = "GET", limit: float = 3.0) -> tuple[int, Message]:
    """Status and JSON of an HTTP request; status 0 where nobody answers within the limit."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(name, int(port))
            with contextlib.closing(writer):
                words = f"{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                writer.write(words.encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    except (OSError, TimeoutError):
        return 0, {}
    if not head.startswith(b"HTTP/1."):
        return 0, {}
    return int(head.split()[1]), decode(body)


def decode(body: bytes) -> Message:
    try:
        value = json.loads(body)
    except ValueError:
        return {"text": body.decode(errors="replace")}
    return value if isinstance(value, dict) else {"value": value}
