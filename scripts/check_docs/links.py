"""Every link within the repository leads somewhere: in the documents, and wherever a text of it names a page of them."""

import re
import subprocess
from functools import cache
from pathlib import Path

from documents import FENCE, ROOT, every_page, fail

DOCUMENTS = [*every_page(), *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "loadtest/README.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
# In sources, manifests, rules and comments: a page by its path from the root.
NAMED = re.compile(r"\b((?:docs/[\w-]+|loadtest/README|CONTRIBUTING|SECURITY)\.md)(#[\w-]+)?")


@cache
def anchors(path: Path) -> frozenset[str]:
    """As GitHub makes them of the headings."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text()), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w -]", "", words).replace(" ", "-")
        again = sum(slug == one or re.fullmatch(rf"{re.escape(slug)}-\d+", one) is not None for one in found)
        found.append(f"{slug}-{again}" if again else slug)
    return frozenset(found)


def problem(start: Path, target: str) -> str | None:
    """What is wrong with a link of the file `start`."""
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    path = (start.parent / name).resolve() if name else start
    if not path.exists() or not path.is_relative_to(ROOT):
        return "there is no such file"
    if anchor and (path.suffix != ".md" or anchor not in anchors(path)):
        return "there is no such heading"
    return None


def tracked() -> list[Path]:
    """The texts that are no documents, by git."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, text=True, capture_output=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in names if name and not name.endswith((".md", ".png"))]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def check() -> int:
    """Returns how many there are."""
    links = [(path, target) for path in DOCUMENTS for target in LINK.findall(FENCE.sub("", path.read_text()))]
    # Those of the other texts start at the root.
    named = [(path, "".join(found)) for path in tracked() for found in NAMED.findall(path.read_text(errors="replace"))]
    problems = [f"{path.relative_to(ROOT)}: {target}: {wrong}" for path, target in links if (wrong := problem(path, target))]
    problems += [f"{path.relative_to(ROOT)}: {name}: {wrong}" for path, name in named if (wrong := problem(ROOT / "README.md", name))]
    if problems:
        fail("links that lead nowhere:\n" + "\n".join(problems))
    return len(links) + len(named)
