"""What the repository says of itself: settings, pages, metrics, and where things are."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[4]
DASHBOARDS = ROOT / "deploy/grafana/dashboards"
RULES = ROOT / "deploy/prometheus/rules.yaml"
OPERATIONS = ROOT / "docs/operations.md"
INSTALLING = ROOT / "docs/installing.md"
EDGE, INGESTOR, STANDALONE = "edge-node", "ingestor", "standalone"
PROGRAMS = {EDGE, INGESTOR, STANDALONE}
# Each program's folder of pages; those that all have are in Platform.
PAGES = {EDGE: "Sources/EdgeNode/Operation", INGESTOR: "Sources/Ingestor/Admin"}


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    programs: frozenset[str]


@dataclass(frozen=True)
class Metric:
    name: str
    kind: str
    labels: frozenset[str] = field(default_factory=frozenset)


@cache
def settings() -> dict[str, Setting]:
    """Those of the table in docs/settings.md, which is written from the code."""
    found: dict[str, Setting] = {}
    for name, rest in re.findall(r"^\| `([A-Z_]+)` \|(.*)\|$", (ROOT / "docs/settings.md").read_text(), re.MULTILINE):
        # A bar within a cell is written with a backslash.
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", rest)]
        programs = PROGRAMS if cells[3] == "all" else set(cells[3].split(", "))
        found[name] = Setting(name, cells[0].strip("`"), frozenset(programs))
    assert len(found) > 50, "found no table of settings"
    return found


@cache
def pages(program: str) -> set[str]:
    folders = [ROOT / PAGES[program], ROOT / "Sources/Shared/Platform"]
    sources = "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.swift"))
    found = set(re.findall(r'let path = "(/[a-z]*)"', sources))
    assert "/ready" in found, f"found no pages in {PAGES[program]}"
    return found


@cache
def metrics() -> dict[str, Metric]:
    """Those of the tables in docs/metrics.md, which are written from the code."""
    text = (ROOT / "docs/metrics.md").read_text()
    rows = re.findall(r"^\| `([a-z_]+)` \| (\w+) \| ([^|]*) \|", text, re.MULTILINE)
    assert len(rows) > 50, "found no tables of metrics"
    return {name: Metric(name, kind, frozenset(re.findall(r"\w+", labels))) for name, kind, labels in rows}


def metric_of(series: str) -> str:
    """A series' metric: a histogram has three kinds of series."""
    known = metrics()
    if series in known:
        return series
    base = re.sub(r"_(bucket|sum|count)$", "", series)
    return base if base in known and known[base].kind == "histogram" else series


def series_in(expression: str) -> set[str]:
    """The names of our metrics' series in an expression of PromQL, or in a text."""
    return set(re.findall(r"\b(?:tidegate|process)_[a-z0-9_]+", re.sub(r'"[^"]*"', '""', expression)))


def labels_in(expression: str) -> list[tuple[str, str]]:
    """Which label of which series an expression selects by."""
    found = []
    for series, selector in re.findall(r"\b((?:tidegate|process)_[a-z0-9_]+)\{([^}]*)\}", expression):
        found += [(series, label) for label in re.findall(r"([a-z_]+)\s*[=!]", re.sub(r'"[^"]*"', "", selector))]
    return found


# Those that Prometheus gives each series.
TARGET_LABELS = {"namespace", "instance", "job", "pod", "le"}


def problems_of(expression: str) -> list[str]:
    """Metrics and labels that an expression names and no program has."""
    known = metrics()
    problems = [f"no metric {series}" for series in series_in(expression) if metric_of(series) not in known]
    for series, label in labels_in(expression):
        metric = known.get(metric_of(series))
        if metric and label not in metric.labels | TARGET_LABELS:
            problems.append(f"{series} has no label {label}")
    return problems


def run(*command: str, text: str | None = None) -> str:
    """What a command prints; it must end with 0."""
    done = subprocess.run(command, cwd=ROOT, input=text, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout + done.stderr


def tool(name: str) -> str:
    """A program of the tests' own folder, else of the machine. `scripts/bootstrap test` installs what is missing."""
    own = ROOT / ".build/venv/bin" / name
    path = str(own) if own.is_file() else shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    assert path, f"{name} is missing: run scripts/bootstrap test"
    return path


def load(path: Path | str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def load_all(text: str) -> list[Any]:
    return [document for document in yaml.safe_load_all(text) if document]
