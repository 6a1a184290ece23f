"""What the machine can take, and what it does besides."""

import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import proc
from harness.processes import Processes, Trouble

# Beside its clients a process has listeners, event loops, logs, and connections to its broker.
SPARE_DESCRIPTORS = 500
# Of one connection through the loopback device, both ends, with the kernel's part: guessed on the safe side.
BYTES_PER_CONNECTION = 40 * 1024
SPARE_MEMORY = 1024 * 1024 * 1024
BACKLOG = 1024


@dataclass(frozen=True)
class Cores:
    """The server has one of its own; everything else has the others."""

    server: list[int]
    load: list[int]


def cores() -> Cores:
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        raise Trouble("there is only one core: the server needs one and the load another; take a machine with two")
    # Not the first one, which tends to have the interrupts.
    return Cores([mine[-1]], mine[:-1])


@dataclass(frozen=True)
class Limits:
    """None where the machine doesn't tell, or has no such limit."""

    descriptors: int
    system_descriptors: int | None
    backlog: int | None
    ports: int | None
    tracked_connections: int | None
    memory: int | None


def raise_descriptor_limit() -> int:
    """To what is allowed without being root; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = 1_048_576
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def read_limits() -> Limits:
    def numbers(path: str) -> list[int]:
        try:
            return [int(word) for word in Path(path).read_text().split()]
        except (OSError, ValueError):
            return []

    def number(path: str) -> int | None:
        return next(iter(numbers(path)), None)

    ports = numbers("/proc/sys/net/ipv4/ip_local_port_range")
    used = numbers("/proc/sys/fs/file-nr")
    most = number("/proc/sys/fs/file-max")
    return Limits(
        descriptors=raise_descriptor_limit(),
        system_descriptors=most - used[0] if most is not None and used else None,
        backlog=number("/proc/sys/net/core/somaxconn"),
        ports=ports[1] - ports[0] + 1 if len(ports) == 2 else None,
        tracked_connections=number("/proc/sys/net/netfilter/nf_conntrack_max"),
        memory=proc.parse_kilobytes((proc.PROC / "meminfo").read_text()).get("MemAvailable"),
    )


def processes_for(clients: int, descriptors: int) -> int:
    """How many processes of a kind it takes to have so many sockets."""
    room = descriptors - SPARE_DESCRIPTORS
    if room < 1:
        raise Trouble(
            f"a process may only have {descriptors} descriptors, and {SPARE_DESCRIPTORS} are not for clients: "
            "raise the limit with ulimit -n"
        )
    return -(-clients // room)


def shortcomings(limits: Limits, clients: int, in_one_process: int, passes: int = 1) -> list[str]:
    """What is too low for so many clients, in words; empty where the machine will do.

    `passes`: how many times as many connections are made, one after the other: closed ones are tracked on for a while.
    """
    words: list[str] = []
    if in_one_process + SPARE_DESCRIPTORS > limits.descriptors:
        words.append(
            f"{in_one_process} clients in one process need {in_one_process + SPARE_DESCRIPTORS} descriptors, and it "
            f"may have {limits.descriptors}: raise it with ulimit -n, or take fewer clients"
        )
    if limits.system_descriptors is not None and limits.system_descriptors < 2 * clients:
        words.append(
            f"{clients} clients take {2 * clients} descriptors, and the machine has {limits.system_descriptors} left: "
            f"sysctl fs.file-max={4 * clients}"
        )
    if limits.backlog is not None and limits.backlog < BACKLOG:
        words.append(
            f"net.core.somaxconn is {limits.backlog}, so that a storm of connects is held up: "
            "sysctl net.core.somaxconn=4096"
        )
    if limits.ports is not None and limits.ports < min(in_one_process, 20_000):
        words.append(
            f"there are {limits.ports} ports for outgoing connections from one address to one server, for "
            f"{in_one_process} clients: sysctl net.ipv4.ip_local_port_range='32768 60999'"
        )
    if limits.tracked_connections is not None and limits.tracked_connections < passes * clients * 11 // 10:
        words.append(
            f"nf_conntrack_max is {limits.tracked_connections}, and {passes * clients} connections are made, or were a "
            f"moment ago: sysctl net.netfilter.nf_conntrack_max={passes * clients * 2}"
        )
    wanted = clients * BYTES_PER_CONNECTION + SPARE_MEMORY
    if limits.memory is not None and limits.memory < wanted:
        words.append(
            f"{clients} clients take up to {wanted / 2**30:.1f} GiB with the kernel's part, and "
            f"{limits.memory / 2**30:.1f} GiB are available: take fewer clients"
        )
    return words


@dataclass(frozen=True)
class Disturbance:
    """Shares of all cores' time."""

    others: float
    steal: float


class Bystander:
    """Looks what the rest of the machine does while a run measures."""

    def __init__(self, processes: Processes) -> None:
        self.ours: Callable[[], float] = processes.cpu_seconds
        self.start = (proc.machine_times(), self.ours())

    def end(self) -> Disturbance:
        times = proc.machine_times() - self.start[0]
        ours = self.ours() - self.start[1]
        total = max(times.total, 1e-9)
        return Disturbance(max(0.0, times.busy - ours) / total, times.steal / total)
