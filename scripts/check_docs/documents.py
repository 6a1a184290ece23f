"""The pages, their blocks, and which of them are run."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What a block of each is: something to run, something to parse, or neither.
RUN, PARSED, NEITHER = {"sh", "python", "js", "yaml", "nginx"}, {"json"}, {"text"}
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# How a block begins that needs what a fresh machine does not have.
NEEDS = re.compile(r"(?:#|//) Needs ")


def fail(reason: str) -> None:
    sys.exit(f"check_docs: {reason}")


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str

    @property
    def has_to_be_run(self) -> bool:
        return self.language in RUN and not NEEDS.match(self.text)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path) -> list[Block]:
    text, name = path.read_text(), str(path.relative_to(ROOT))
    found = []
    for match in FENCE.finditer(text):
        block = Block(name, text.count("\n", 0, match.start()) + 1, match[2], match[3])
        if block.language not in RUN | PARSED | NEITHER:
            fail(f"{block}: a block is one of {', '.join(sorted(RUN | PARSED | NEITHER))}, and not '{block.language}'")
        if block.language in PARSED:
            parse(block)
        found.append(block)
    if text.count("```") != 2 * len(found):
        fail(f"{name}: a block has no end, or a fence that is not on a line of its own")
    return found


def parse(block: Block) -> None:
    try:
        json.loads(block.text)
    except json.JSONDecodeError as error:
        fail(f"{block}: {error}")


def every_page() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


class Page:
    """A page whose blocks a check runs. What is told there and what is run must be the same: a block that has to be run and that
    `beginnings` don't name is a failure, and so is one that they name and that nobody takes. `beginnings` are in the page's order.
    """

    def __init__(self, name: str, *beginnings: str) -> None:
        self.path = ROOT / name
        self.text = self.path.read_text()
        self._blocks: dict[str, Block] = {}
        self._taken: set[str] = set()
        left = list(beginnings)
        for block in blocks_of(self.path):
            if left and block.text.startswith(left[0]):
                self._blocks[left.pop(0)] = block
            elif block.has_to_be_run:
                fail(f"{block}: this block is told and not run; it is neither marked by '# Needs', nor known here:\n{block.text}")
        if left:
            fail(f"{name}: there is no such block, or not at this place: {left[0]}")

    def take(self, beginning: str) -> str:
        """The text of a block. Whoever takes it runs it."""
        self._taken.add(beginning)
        return self._blocks[beginning].text

    def finish(self) -> None:
        for beginning, block in self._blocks.items():
            if beginning not in self._taken and block.has_to_be_run:
                fail(f"{block}: this block was not run")
