"""Pages with a block or two: docs/settings.md, docs/metrics.md, docs/design.md."""

import re
import shutil
import tempfile
from pathlib import Path

from documents import ROOT, Page, fail
from processes import run

SETTINGS = Page("docs/settings.md", "version: 1")
METRICS = Page("docs/metrics.md", "scrape_configs:")
DESIGN = Page("docs/design.md", "make bench\n")
PAGES = [SETTINGS, METRICS, DESIGN]


def check_document(folder: Path) -> None:
    document = folder / "tidegate.yaml"
    document.write_text(SETTINGS.take("version: 1"))
    printed = run(f"{ROOT}/.build/release/tidegate settings --check", TIDEGATE_DOCUMENT=str(document))
    if "is right: streams" not in printed:
        fail(f"the document of docs/settings.md is not taken: {printed}")


def check_scraping(folder: Path) -> None:
    """By Prometheus itself. The file that it names is there."""
    configuration, token = folder / "prometheus.yaml", folder / "tidegate-token"
    token.touch()
    text, files = re.subn(r"/etc/prometheus/tidegate-token", str(token), METRICS.take("scrape_configs:"))
    configuration.write_text(text)
    if files != 1 or not shutil.which("promtool"):
        fail("docs/metrics.md: no file with the token, or promtool is missing: run scripts/bootstrap test")
    run(f"promtool check config {configuration}")


def run_pages() -> None:
    with tempfile.TemporaryDirectory() as folder:
        check_document(Path(folder))
        check_scraping(Path(folder))
    bench = DESIGN.take("make bench\n").strip()
    # All of it takes ten minutes.
    if "frames" not in run(f'{bench} ARGS="--only ticker --rounds 1 --frames 10000"'):
        fail("make bench printed no figure")
