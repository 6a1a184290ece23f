"""A crowd: edge nodes, generators that are their clients, and one that publishes, as many processes as it takes."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from harness import proc
from harness.figures import Value, expected_deliveries, per, ratio
from harness.generator import Generator, Report
from harness.machine import Bystander, Disturbance
from harness.processes import Child, Processes
from harness.servers import BROKERS, Programs, start_edge

# What is published before a reader counts is not counted.
HEAD_START = 1.0
# Readers listen on for so long after the last publication: what is late is counted as late and not as lost.
TAIL = 10
PROGRESS_INTERVAL = 10.0


@dataclass(frozen=True)
class Crowd:
    """What is asked for."""

    clients: int
    processes: int
    streams: int
    rate: int
    seconds: int
    bytes: int
    kind: str
    broker: str

    @property
    def shares(self) -> list[int]:
        """Of the clients, for each edge node and its generator."""
        return [self.clients // self.processes + (one < self.clients % self.processes) for one in range(self.processes)]


@dataclass(frozen=True)
class Member:
    """What one process used; None where that makes no sense."""

    child: Child
    memory_per_connection: Value
    cpu_share: Value = None

    @property
    def name(self) -> str:
        return self.child.name


@dataclass(frozen=True)
class Result:
    """Of all clients at one rate."""

    crowd: Crowd
    connect_seconds: float
    publisher: Report
    readers: list[Report]
    members: list[Member]
    disturbance: Disturbance

    def total(self, name: str) -> int:
        return sum(int(report.get(name) or 0) for report in self.readers)

    @property
    def expected(self) -> float:
        published = int(self.publisher.get("published") or 0)
        return expected_deliveries(published, self.crowd.streams, self.total("subscriptions"))

    @property
    def share(self) -> Value:
        """A message that was conflated into a newer one has been delivered with it."""
        return ratio(self.total("delivered") + self.total("conflated"), self.expected)

    @property
    def closed(self) -> dict[str, int]:
        codes: dict[str, int] = {}
        for report in self.readers:
            for code, count in (report.get("closed") or {}).items():
                codes[code] = codes.get(code, 0) + int(count)
        return codes

    def latency(self, name: str) -> list[Value]:
        return [(report.get("latency") or {}).get(name) for report in self.readers]


class Gathering:
    """Gathers a crowd, lets it listen, and sends it home."""

    def __init__(self, processes: Processes, programs: Programs, crowd: Crowd, tell: Callable[[str], None]) -> None:
        self.processes = processes
        self.programs = programs
        self.crowd = crowd
        self.tell = tell
        self.children: list[Child] = []
        # One of each for each share of the clients.
        self.nodes: list[Child] = []
        self.readers: list[Generator] = []

    def run(self) -> Result:
        broker, address = BROKERS[self.crowd.broker](self.processes, None)
        self.children.append(broker)
        ports = [self.start_node(number, share, address) for number, share in enumerate(self.crowd.shares, 1)]
        empty = [node.memory() for node in self.nodes]
        # First, since nodes are not ready before somebody publishes.
        rate = self.crowd.rate * self.crowd.streams
        publisher = self.generator("publisher", 0, ports[0], {"publish": address, "rate": rate})
        publisher.wait_for("ready", 60)
        connect_seconds = self.connect(ports)
        members = [
            *self.members(self.nodes, empty),
            # A generator without clients has as much as this one.
            *self.members([reader.child for reader in self.readers], [publisher.child.memory()] * len(ports)),
            Member(broker, None),
            Member(publisher.child, None),
        ]
        return self.listen(publisher, members, connect_seconds)

    def connect(self, ports: list[int]) -> float:
        start = time.monotonic()
        for share, port in zip(self.crowd.shares, ports):
            reader = self.generator("clients", share, port, {"publish": "none", "seconds": self.crowd.seconds + TAIL})
            self.readers.append(reader)
            reader.wait_for("ready", 60 + share / 50)
            there = sum(self.crowd.shares[: len(self.readers)])
            after = time.monotonic() - start
            self.tell(f"{there:,} of {self.crowd.clients:,} clients have subscribed after {after:.0f} s")
        return time.monotonic() - start

    def members(self, children: list[Child], before: list[int]) -> list[Member]:
        rows = zip(children, before, self.crowd.shares)
        return [Member(child, per(child.memory() - memory, share)) for child, memory, share in rows]

    def listen(self, publisher: Generator, members: list[Member], connect_seconds: float) -> Result:
        bystander = Bystander(self.processes)
        # Those that count first: nothing is published before all of them listen.
        for reader in self.readers:
            reader.proceed()
        time.sleep(HEAD_START)
        start = time.monotonic()
        cpu = {member.child: member.child.cpu() for member in members}
        publisher.proceed()
        publisher.wait_for("measured", 3 * self.crowd.seconds + 60, self.progress(start, cpu))
        seconds = time.monotonic() - start
        shares = {child: (child.cpu() - before) / seconds for child, before in cpu.items()}
        members = [replace(member, cpu_share=shares[member.child]) for member in members]
        disturbance = bystander.end()
        for reader in self.readers:
            reader.wait_for("measured", 120)
        reports = [reader.report(120) for reader in self.readers]
        return Result(self.crowd, connect_seconds, publisher.report(), reports, members, disturbance)

    def start_node(self, number: int, share: int, broker: str) -> int:
        settings = {"MAX_CLIENTS_TOTAL": share + 10}
        node, port = start_edge(self.processes, self.programs, broker, settings, None, f"edge-node-{number}")
        self.children.append(node)
        self.nodes.append(node)
        return port

    def generator(self, name: str, clients: int, port: int, options: Mapping[str, str | int]) -> Generator:
        crowd = self.crowd
        common: dict[str, str | int] = {
            "target": "tidegate",
            "url": f"ws://127.0.0.1:{port}/ws",
            "clients": clients,
            "streams": crowd.streams,
            "subscriptions": 1,
            "bytes": crowd.bytes,
            "class": crowd.kind,
            "seconds": crowd.seconds,
            "warmup": 0,
            "history": "none",
        }
        program = self.programs.find("loadtest")
        generator = Generator(self.processes, program, "many", {**common, **options}, None, name)
        self.children.append(generator.child)
        return generator

    def progress(self, start: float, cpu: Mapping[Child, float]) -> Callable[[], None]:
        last = start

        def look() -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < PROGRESS_INTERVAL:
                return
            last = now
            shares = [(child.cpu() - cpu[child]) / (now - start) for child in self.nodes]
            received = sum(received_per_second(reader.child.tail(1)) for reader in self.readers)
            self.tell(
                f"{self.crowd.rate}/s to each: {now - start:.0f} of {self.crowd.seconds} s, {received:,} messages/s, "
                f"edge nodes take {sum(shares):.2f} cores, {self.available() / 2**30:.1f} GiB of memory are left"
            )

        return look

    @staticmethod
    def available() -> int:
        return proc.parse_kilobytes((proc.PROC / "meminfo").read_text())["MemAvailable"]

    def end(self) -> None:
        self.processes.end(self.children)


def received_per_second(line: str) -> int:
    """Of a generator's line of progress; 0 where it tells none."""
    found = re.search(r"received ([0-9,]+)/s", line)
    return int(found[1].replace(",", "")) if found else 0


def gather(processes: Processes, programs: Programs, crowd: Crowd, tell: Callable[[str], None]) -> Result:
    gathering = Gathering(processes, programs, crowd, tell)
    try:
        return gathering.run()
    finally:
        gathering.end()
