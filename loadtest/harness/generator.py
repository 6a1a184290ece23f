"""The `loadtest` program, told when to go on: between its connecting and its measuring there is time to look at the
server."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.processes import Child, Processes, Trouble, until

Report = Mapping[str, Any]
Option = str | int | float | Path | list[str]


def arguments(options: Mapping[str, Option]) -> list[str]:
    """`{"clients": 5, "url": ["a", "b"]}` as `--clients 5 --url a --url b`."""
    words: list[str] = []
    for name, value in options.items():
        for one in value if isinstance(value, list) else [value]:
            words += [f"--{name}", f"{one:g}" if isinstance(one, float) else str(one)]
    return words


def events(log: str) -> list[str]:
    """Among lines for people."""
    found = []
    for line in log.splitlines():
        if line.startswith('{"event"'):
            try:
                found.append(json.loads(line)["event"])
            except (ValueError, KeyError, TypeError):
                # Half a line: the rest comes.
                continue
    return found


class Generator:
    """One run of `loadtest` that waits where it is to wait."""

    def __init__(
        self,
        processes: Processes,
        program: Path,
        scenario: str,
        options: Mapping[str, Option],
        cores: Iterable[int] | None,
        name: str | None = None,
    ) -> None:
        self.processes = processes
        self.report_file = processes.folder / f"report-{processes.started + 1:03}.json"
        command: list[str | Path] = [program, scenario, *arguments({**options, "json": self.report_file}), "--hold"]
        self.child: Child = processes.start(name or f"loadtest-{scenario}", command, cores=cores, has_input=True)

    def wait_for(self, event: str, limit: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        def is_there() -> bool:
            if event in events(self.child.log.read_text(errors="replace")):
                return True
            self.child.require()
            meanwhile()
            return False

        try:
            until(is_there, f"{self.child.name} is {event}", limit)
        except Trouble as trouble:
            raise Trouble(f"{trouble}\n{self.child.tail()}") from None

    def proceed(self) -> None:
        assert self.child.process.stdin
        try:
            self.child.process.stdin.write(b"\n")
            self.child.process.stdin.flush()
        except BrokenPipeError:
            self.child.require()

    def report(self, limit: float = 60) -> Report:
        """Lets it end."""
        self.proceed()
        until(lambda: not self.child.is_running, f"{self.child.name} ends", limit)
        self.processes.end([self.child])
        status = self.child.process.returncode
        try:
            report: Report = json.loads(self.report_file.read_text())
        except (OSError, ValueError) as error:
            raise Trouble(f"{self.child.name} ended with {status} and left no report ({error}):\n{self.child.tail()}")
        return report
