"""One measurement of one server: what it spent between the moments at which `loadtest` holds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness import proc
from harness.figures import Value, per
from harness.generator import Generator, Option, Report
from harness.machine import Bystander, Cores, Disturbance
from harness.processes import Child, Processes
from harness.servers import STARTS, Programs

# After the last client has subscribed, so that what it caused is not measured.
SETTLE = 0.5
HEAD_START = 0.1
# Only at a planned rate, where it is known how many messages are in it.
WARMUP = 1
SAMPLE_INTERVAL = 0.5
LATENCIES = ("p50", "p99", "p999")


@dataclass(frozen=True)
class Run:
    """What one server did in one round. Memory in bytes, latency in microseconds."""

    cpu: float
    seconds: float
    report: Report
    disturbance: Disturbance
    memory_before: int
    memory_ready: int
    memory_after: int
    memory_most: int
    # The server works from its first message on, and the report has not those of the warm-up: by how much all are more.
    whole: float = 1.0
    # Of the server itself, at the end.
    stats: Mapping[str, Any] = field(default_factory=dict)

    @property
    def measured_seconds(self) -> float:
        """As the clients measured: without the moments between the server's and theirs."""
        return float(self.report.get("seconds") or self.seconds)

    @property
    def delivered(self) -> int:
        return int(self.report.get("delivered") or 0)

    @property
    def cpu_per_message(self) -> Value:
        """Microseconds."""
        return per(self.cpu * 1e6, self.delivered * self.whole)

    @property
    def deliveries_per_second(self) -> Value:
        return per(self.delivered, self.measured_seconds)

    @property
    def deliveries_per_cpu_second(self) -> Value:
        """What a whole core would deliver; on a machine where the load's core is the slower one it tells more."""
        return per(self.delivered * self.whole, self.cpu)

    @property
    def core_share(self) -> Value:
        return per(self.cpu, self.measured_seconds * self.whole)

    @property
    def clients_share(self) -> Value:
        return per(self.report.get("clientCPUSeconds"), self.measured_seconds)

    @property
    def memory_per_connection(self) -> Value:
        return per(self.memory_ready - self.memory_before, int(self.report.get("connected") or 0))

    @property
    def memory_per_used_connection(self) -> Value:
        """When each has got messages, too."""
        return per(self.memory_after - self.memory_before, int(self.report.get("connected") or 0))

    def latency(self, name: str) -> Value:
        return (self.report.get("latency") or {}).get(name)

    def count(self, name: str) -> int:
        return int(self.report.get(name) or 0)

    def closed(self, code: int) -> int:
        """Of all clients, those that are slow on purpose among them, so far as they got to hear the code."""
        both = (self.report, self.slow)
        return sum(int((one.get("closed") or {}).get(str(code), 0)) for one in both)

    def node(self, name: str) -> int:
        """What the edge node has counted of its connections."""
        return int((self.stats.get("connections") or {}).get(name) or 0)

    @property
    def slow(self) -> Report:
        return self.report.get("slow") or {}

    def summary(self) -> dict[str, Any]:
        return {
            "serverCPUSeconds": self.cpu,
            "seconds": self.seconds,
            "microsecondsPerMessage": self.cpu_per_message,
            "deliveriesPerSecond": self.deliveries_per_second,
            "memoryPerConnection": self.memory_per_connection,
            "memoryPerUsedConnection": self.memory_per_used_connection,
            "memoryMost": self.memory_most,
            "stats": dict(self.stats),
            "otherPrograms": self.disturbance.others,
            "steal": self.disturbance.steal,
            "report": dict(self.report),
        }


class Watch:
    """What a server uses, at the moments that matter and between them."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.before = child.memory()
        self.most = 0
        self.last_sample = 0.0

    def sample(self) -> None:
        if time.monotonic() - self.last_sample >= SAMPLE_INTERVAL:
            self.last_sample = time.monotonic()
            self.most = max(self.most, int(self.child.measured(proc.quick_memory_bytes)))


class Bench:
    """Starts a server on its core and the load on the others, and measures; nothing of it runs on afterwards."""

    def __init__(self, processes: Processes, programs: Programs, cores: Cores) -> None:
        self.processes = processes
        self.programs = programs
        self.cores = cores

    def run(
        self,
        contestant: str,
        scenario: str,
        options: Mapping[str, Option],
        settings: Mapping[str, object] | None = None,
    ) -> Run:
        if contestant == "floor":
            return self.floor(options)
        server = STARTS[contestant](self.processes, self.programs, self.cores, settings or {})
        try:
            options = {"warmup": WARMUP if options.get("rate") else 0, **options}
            own = {"target": server.target, "url": server.url, "publish": server.publish}
            watch = Watch(server.child)
            generator = Generator(
                self.processes, self.programs.find("loadtest"), scenario, {**own, **options}, self.cores.load
            )
            return self.measure(watch, [generator], generator, options, server.stats)
        finally:
            self.processes.end(server.children)

    def floor(self, options: Mapping[str, Option]) -> Run:
        """The bare loop of sends is the server, and what it sent counts; latency is that of those who read."""
        program, port = self.programs.find("loadtest"), self.processes.port()
        known = {name: options[name] for name in ("clients", "bytes", "seconds")}
        known |= {"port": port, "warmup": WARMUP if options.get("rate") else 0}
        floor = Generator(
            self.processes, program, "floor", {**known, "rate": options.get("rate", 0)}, self.cores.server
        )
        try:
            floor.child.wait_for_port(port)
            watch = Watch(floor.child)
            sink = Generator(self.processes, program, "sink", known, self.cores.load)
            run = self.measure(watch, [floor, sink], floor, known)
            sent = run.report
            report = {**sink.report(), "delivered": sent["sent"], "seconds": sent["seconds"], "share": None}
            return replace(run, report=report)
        finally:
            self.processes.end([floor.child])

    def measure(
        self,
        watch: Watch,
        generators: list[Generator],
        last: Generator,
        options: Mapping[str, Option],
        stats: Callable[[], Mapping[str, Any]] = dict,
    ) -> Run:
        """Until the last one has measured; its report is the run's."""
        clients = int(str(options["clients"]))
        seconds, warmup = float(str(options["seconds"])), float(str(options["warmup"]))
        for generator in generators:
            generator.wait_for("ready", 30 + clients / 200)
        time.sleep(SETTLE)
        ready = watch.child.memory()
        bystander = Bystander(self.processes)
        start, cpu = time.monotonic(), watch.child.cpu()
        for generator in reversed(generators):
            generator.proceed()
            # Who reads begins a moment before who sends.
            time.sleep(HEAD_START if generator is not last else 0)
        last.wait_for("measured", 60 + 2 * (seconds + warmup), watch.sample)
        cpu, elapsed = watch.child.cpu() - cpu, time.monotonic() - start
        disturbance = bystander.end()
        after = watch.child.memory()
        for generator in generators:
            generator.wait_for("measured", 60)
        # Before its clients leave.
        counted = stats()
        memory = (watch.before, ready, after, max(watch.most, after))
        return Run(cpu, elapsed, last.report(), disturbance, *memory, (seconds + warmup) / seconds, counted)
