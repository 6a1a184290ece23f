"""Several rounds in turn: A B C A B C, so that what is compared ran right after each other."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.figures import Value, spread
from harness.measuring import Run
from harness.processes import Trouble
from harness.tables import Format, Table, cell, plain, spread_text


@dataclass(frozen=True)
class Step:
    """One measurement of a round."""

    name: str
    run: Callable[[], Run]


# A round in which a server failed has None.
Runs = dict[str, list[Run | None]]
Figure = Callable[[Run], Value]


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def play(title: str, steps: Sequence[Step], rounds: int) -> Runs:
    """What one server fails at is told and costs its round, and not the others'."""
    runs: Runs = {step.name: [] for step in steps}
    for number in range(1, rounds + 1):
        for step in steps:
            try:
                run = step.run()
                tell(f"{title}, round {number} of {rounds}: {step.name}: {in_short(run)}")
            except Trouble as trouble:
                run = None
                tell(f"{title}, round {number} of {rounds}: {step.name} FAILED: {trouble}")
            runs[step.name].append(run)
    return runs


def in_short(run: Run) -> str:
    parts = [f"{run.delivered:,} messages"]
    if run.cpu_per_message is not None:
        parts.append(f"{plain(run.cpu_per_message)} us of server CPU each")
    if (p99 := run.latency("p99")) is not None:
        parts.append(f"p99 {plain(p99 / 1000)} ms")
    if run.memory_per_connection is not None:
        parts.append(f"{plain(run.memory_per_connection / 1024)} KB per connection")
    if run.disturbance.others > 0.05 or run.disturbance.steal > 0.02:
        parts.append(f"other programs {run.disturbance.others:.0%}, steal {run.disturbance.steal:.0%}")
    parts += [f"PROBLEM: {problem}" for problem in run.report.get("problems") or []]
    return ", ".join(parts)


def values(runs: Sequence[Run | None], figure: Figure) -> list[Value]:
    return [None if run is None else figure(run) for run in runs]


@dataclass(frozen=True)
class Line:
    """A row of a table of figures."""

    title: str
    figure: Figure
    form: Format = plain


def figures_table(title: str, runs: Runs, columns: Sequence[str], lines: Sequence[Line]) -> Table:
    rows = [(line.title, [cell(values(runs[name], line.figure), line.form) for name in columns]) for line in lines]
    return Table(title, columns, rows)


@dataclass(frozen=True)
class Aim:
    """Judged by the median of the rounds."""

    title: str
    values: Sequence[Value]
    holds: Callable[[float], bool]
    form: Format = plain

    def text(self) -> str:
        found = spread(self.values)
        if found is None:
            return f"- not measured: {self.title}"
        verdict = "reached" if self.holds(found.median) else "MISSED"
        return f"- {verdict}: {self.title}: {spread_text(found, self.form)}"

    def summary(self) -> dict[str, Any]:
        found = spread(self.values)
        return {
            "aim": self.title,
            "rounds": list(self.values),
            "median": found.median if found else None,
            "reached": self.holds(found.median) if found else None,
        }


@dataclass(frozen=True)
class Outcome:
    """Of one scenario."""

    runs: Runs
    tables: list[Table]
    aims: list[Aim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        parts = [table.text() for table in self.tables]
        lines = [aim.text() for aim in self.aims] + [f"- {note}" for note in self.notes]
        return "\n\n".join([*parts, "\n".join(lines)]) if lines else "\n\n".join(parts)

    def summary(self) -> dict[str, Any]:
        return {
            "runs": {name: [run.summary() if run else None for run in runs] for name, runs in self.runs.items()},
            "aims": [aim.summary() for aim in self.aims],
            "tables": [table.text() for table in self.tables],
        }
