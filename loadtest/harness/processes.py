"""The processes of a run: each with a log of its own and on cores of its choice; all are ended with the run, however it
ends."""

import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType

from harness import proc

# Nothing of the environment that a run happens to have may set anything.
INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR")
# From <sys/prctl.h>: the child gets a signal when its parent ends, however that is.
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
GRACE = 5.0


class Trouble(Exception):
    """What went wrong, in words; ends the run with one line."""


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP: everything is ended, then this process too."""


def stop_on_signals() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the processes behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)


def until(condition: Callable[[], bool], what: str, limit: float, pause: float = 0.02) -> None:
    """For what can only be asked for, again and again."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"not within {limit:g} s: {what}")
        time.sleep(pause)


class Child:
    """One process. What it prints goes to its log; its standard input is open where it is to be told to go on."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        return [self.pid, *proc.children(self.pid)]

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def tail(self, lines: int = 10) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def require(self) -> None:
        if not self.is_running:
            raise Trouble(f"{self.name} ended with status {self.process.returncode}:\n{self.tail()}")

    def memory(self) -> int:
        return int(self.measured(proc.memory_bytes))

    def cpu(self) -> float:
        return self.measured(proc.cpu_seconds)

    def measured(self, measure: Callable[[Iterable[int]], float]) -> float:
        self.require()
        try:
            return measure(self.pids)
        except (FileNotFoundError, ProcessLookupError):
            raise Trouble(f"{self.name} has ended while it was looked at:\n{self.tail()}") from None

    def wait_for_port(self, port: int, limit: float = 30) -> None:
        def listens() -> bool:
            self.require()
            return proc.is_listening(port)

        until(listens, f"{self.name} listens on port {port}", limit)

    def signal_group(self, number: int) -> None:
        # Those that it started are in its group and may outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def end(self) -> None:
        end([self])


def end(children: Iterable[Child]) -> None:
    """In good order where they can, else not."""
    with undisturbed():
        children = list(children)
        for child in children:
            if child.is_running:
                child.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
        for child in children:
            child.signal_group(signal.SIGKILL)
            child.process.wait(GRACE)
            if child.process.stdin:
                with contextlib.suppress(BrokenPipeError):
                    child.process.stdin.close()


class Processes:
    """All processes of a run, in a folder that goes with them. Leaving it ends them all."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tidegate-loadtest-"))
        self.running: list[Child] = []
        self.started = 0
        # Not from a seed: two runs on one machine must not take the same.
        self.dice = random.Random(os.urandom(8))
        self.ports: set[int] = set()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        cores: Iterable[int] | None = None,
        has_input: bool = False,
        death_signal: int = signal.SIGKILL,
    ) -> Child:
        self.started += 1
        path = self.folder / f"{self.started:03}-{name}.log"
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}

        def prepare() -> None:
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
            if cores is not None:
                os.sched_setaffinity(0, cores)

        with open(path, "wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                env={**inherited, **(environment or {})},
                cwd=self.folder,
                stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=prepare,
                # Ctrl-C is for this process, which ends them.
                process_group=0,
            )
        child = Child(name, process, path)
        self.running.append(child)
        return child

    def end(self, children: Iterable[Child]) -> None:
        children = list(children)
        end(children)
        self.running = [child for child in self.running if child not in children]

    def port(self) -> int:
        """Free now, and below the range that outgoing connections are given."""
        for _ in range(1000):
            port = self.dice.randint(12_000, 31_000)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if port not in self.ports and probe.connect_ex(("127.0.0.1", port)) != 0:
                    self.ports.add(port)
                    return port
        raise Trouble("found no free port between 12000 and 31000")

    def cpu_seconds(self) -> float:
        """Of all that run, and of this process."""
        pids = [pid for child in self.running if child.is_running for pid in child.pids]
        return proc.cpu_seconds([*pids, os.getpid()])

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.running)
        shutil.rmtree(self.folder, ignore_errors=True)
