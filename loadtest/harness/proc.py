"""CPU time and memory of processes, and what the machine does, as Linux tells it in /proc."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Stat:
    """Of /proc/PID/stat, in clock ticks; of all threads, those that have ended too."""

    name: str
    parent: int
    user: int
    system: int


def parse_stat(text: str) -> Stat:
    # The name may contain anything, spaces and parentheses too: it ends at the last one.
    start, end = text.index("("), text.rindex(")")
    fields = text[end + 1 :].split()
    # The first here is the third of `man 5 proc`: state, ppid, ..., utime (14th), stime (15th).
    return Stat(text[start + 1 : end], int(fields[1]), int(fields[11]), int(fields[12]))


def parse_kilobytes(text: str) -> dict[str, int]:
    """Lines like `Pss_Anon:  1234 kB` of smaps_rollup, status or meminfo, in bytes; other lines are passed over."""
    sizes: dict[str, int] = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB" and words[0].isdigit():
            sizes[name] = int(words[0]) * 1024
    return sizes


def user_memory(smaps_rollup: str) -> int:
    """What a process has in memory of its own, in bytes: heap, stacks, and its part of memory that several share.

    Pages of files are left out: which part of a program's code was read is not a matter of its connections. Pages that
    a master and its worker share count once in their sum, since each is told its part.
    """
    sizes = parse_kilobytes(smaps_rollup)
    if "Pss_Anon" in sizes:
        return sizes["Pss_Anon"] + sizes.get("Pss_Shmem", 0)
    # Linux before 5.3 does not tell the parts.
    return sizes["Anonymous"]


def children(pid: int) -> list[int]:
    """The processes that it started, and theirs."""
    found: list[int] = []
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    total = 0
    for pid in pids:
        stat = parse_stat((PROC / str(pid) / "stat").read_text())
        total += stat.user + stat.system
    return total / TICKS


def memory_bytes(pids: Iterable[int]) -> int:
    return sum(user_memory((PROC / str(pid) / "smaps_rollup").read_text()) for pid in pids)


def quick_memory_bytes(pids: Iterable[int]) -> int:
    """Less exact than `memory_bytes`, but it doesn't hold up the process: for looking while it works."""
    return sum(parse_kilobytes((PROC / str(pid) / "status").read_text()).get("RssAnon", 0) for pid in pids)


@dataclass(frozen=True)
class MachineTimes:
    """Of the first line of /proc/stat, in seconds over all cores."""

    busy: float
    idle: float
    steal: float

    def __sub__(self, other: "MachineTimes") -> "MachineTimes":
        return MachineTimes(self.busy - other.busy, self.idle - other.idle, self.steal - other.steal)

    @property
    def total(self) -> float:
        return self.busy + self.idle + self.steal


def parse_machine_times(text: str) -> MachineTimes:
    fields = next(line for line in text.splitlines() if line.startswith("cpu ")).split()[1:]
    user, nice, system, idle, waiting, irq, softirq, steal = (int(field) / TICKS for field in fields[:8])
    return MachineTimes(user + nice + system + irq + softirq, idle + waiting, steal)


def machine_times() -> MachineTimes:
    return parse_machine_times((PROC / "stat").read_text())


def is_listening(port: int) -> bool:
    """Without connecting, which a server that counts its connections would notice."""
    wanted = f":{port:04X}"
    for table in ("tcp", "tcp6"):
        try:
            lines = (PROC / "net" / table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        # Local address, remote address, state: 0A is LISTEN.
        if any(fields[1].endswith(wanted) and fields[3] == "0A" for fields in map(str.split, lines)):
            return True
    return False
