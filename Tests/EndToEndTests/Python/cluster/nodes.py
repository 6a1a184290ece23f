"""One process of ours, as scenarios see it, and where the programs are."""

from dataclasses import dataclass
from pathlib import Path

from market import Message
from processes import Process, Trouble, page


@dataclass
class Node:
    """A process of ours with its pages."""

    process: Process
    http: str

    @property
    def clients(self) -> str:
        return self.http.replace("http", "ws") + "/ws"

    async def page(self, path: str) -> tuple[int, Message]:
        return await page(self.http + path)

    async def is_ready(self) -> bool:
        if not self.process.is_running:
            if self.process.is_ended_by_us:
                return False
            raise Trouble(f"{self.process.name} has ended:\n{self.process.tail()}")
        return (await self.page("/ready"))[0] == 200


def leads(stats: Message) -> bool:
    """Whether an ingestor's /stats say that it leads: by a word of their own where they have one, else by its being the one
    that is connected to the exchange."""
    for key in ("leader", "leading", "leads", "isLeader", "is_leader"):
        if isinstance(stats.get(key), bool):
            return bool(stats[key])
    role = stats.get("role") or stats.get("leadership")
    if isinstance(role, dict):
        return leads(role)
    if isinstance(role, str):
        return role in ("leader", "leading")
    upstream = stats.get("upstream") or {}
    return bool(upstream.get("clients", {}).get("linear", {}).get("connected"))


class Programs:
    """The built executables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def path(self, name: str) -> str:
        path = self.folder / name
        if not path.is_file():
            raise Trouble(f"{path} is missing: build it first, for example with `swift build`")
        return str(path)
