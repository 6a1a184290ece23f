"""The crowd of checked clients, the tap at the exchange and the ledger that compares them: one verdict for each scenario."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from client import CheckedClient
from findings import NO_SNAPSHOT, NOTHING, SILENT, Allowance, Findings
from ledger import Ledger, Position
from market import STREAMS, Stream
from messages import Decoder, Following
from tap import Tap


@dataclass
class Row:
    """One line of the table."""

    scenario: str
    seconds: float
    reconnects: int
    messages: int
    gaps: int
    unrecovered: int
    replayed: int
    longest_away: float
    note: str = ""


class ScenarioFailure(Exception):
    """A scenario that broke a promise, with the findings in words."""


class Checker:
    """Owns the clients and the tap. Everything runs on one asyncio loop; counters are of the present scenario."""

    def __init__(self, urls: list[str], exchange: str, seed: int, clients: int = 200, can_resume: bool = True) -> None:
        self.urls = urls
        self.seed = seed
        self.findings = Findings()
        self.tap = Tap(exchange, STREAMS)
        self.ledger = Ledger(self.tap, self.findings)
        self.decoder = Decoder()
        self.allowance = NOTHING
        self.is_stopping = False
        self.snapshot_wait = 10.0
        """A snapshot that is due must come within so many seconds."""
        self.settle_wait = 30.0
        """Within so many seconds all must be well again."""
        self.newest: dict[Stream, Position] = {}
        self.epochs: dict[int, float] = {}
        """When each epoch was heard of first."""
        self.clear_counters()
        self.clients = crowd(self, clients, can_resume)
        self.tasks: list[asyncio.Task[None]] = []

    def clear_counters(self) -> None:
        self.started = time.monotonic()
        self.messages = self.reconnects = self.disconnects = self.replayed = self.refusals = self.farewells = 0
        self.longest_away = 0.0
        self.gaps: Counter[str] = Counter()
        self.unrecovered: Counter[str] = Counter()

    # Its life

    async def start(self) -> None:
        """Returns when every client follows all of its streams."""
        await self.tap.start()
        self.tasks = [asyncio.create_task(client.run()) for client in self.clients]
        self.tasks.append(asyncio.create_task(self.watch()))

    async def stop(self) -> None:
        self.is_stopping = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.tap.stop()

    async def watch(self) -> None:
        """Compares with the exchange as things fall due, and looks for snapshots that don't come."""
        while True:
            await asyncio.sleep(0.25)
            self.ledger.verify_due()
            for client in self.clients:
                for following in client.streams.values():
                    self.look_for_snapshot(client, following)

    def look_for_snapshot(self, client: CheckedClient, following: Following) -> None:
        since = following.awaits_snapshot
        if following.is_subscribed and since is not None and time.monotonic() - since > self.snapshot_wait:
            client.complain(NO_SNAPSHOT, f"of {following.stream} within {self.snapshot_wait:g} s at {client.url}")
            following.awaits_snapshot = None

    # What clients tell

    def heard(self, stream: Stream, position: Position) -> None:
        if position > self.newest.get(stream, (0, 0)):
            self.newest[stream] = position

    def heard_epoch(self, epoch: int) -> None:
        self.epochs.setdefault(epoch, time.monotonic())

    @property
    def epoch(self) -> int:
        """The highest that any client has heard of."""
        return max(self.epochs, default=0)

    # Scenarios

    def begin(self, allowance: Allowance) -> None:
        self.clear_counters()
        self.allowance = allowance

    async def settle(self) -> None:
        """Returns when all is well again, and nothing is lost: every client is back, every stream goes on, every client has
        all that any has, every trade of the exchange has come."""
        began = dict(self.newest)
        due_trades = self.ledger.latest_trades()
        steps: list[tuple[str, Callable[[], list[str]]]] = [
            ("clients that are not back", self.absent),
            ("streams that do not go on", lambda: self.stalled(began)),
            ("streams whose trades are still missing", lambda: [str(stream) for stream in self.ledger.has_trades(due_trades)]),
            ("snapshots that are due", self.awaited),
        ]
        end = time.monotonic() + self.settle_wait
        for what, missing in steps:
            await self.wait_for(what, missing, end)
        barrier = dict(self.newest)
        await self.wait_for("clients that lag behind", lambda: self.behind(barrier), end)
        moment = time.monotonic()
        await self.wait_for("messages to compare with the exchange", lambda: self.ledger.uncompared(moment), end)

    async def wait_for(self, what: str, missing: Callable[[], list[str]], end: float) -> None:
        while names := missing():
            if time.monotonic() > end:
                self.findings.add(SILENT, f"{len(names)} {what}: {', '.join(names[:8])}")
                return
            await asyncio.sleep(0.05)

    def absent(self) -> list[str]:
        return [f"{client.name} ({client.url})" for client in self.clients if not client.is_settled]

    def homeless(self) -> list[str]:
        return [client.name for client in self.clients if client.socket is None]

    def stalled(self, began: dict[Stream, Position]) -> list[str]:
        """Candles come seldom; the others' going on is enough of a sign."""
        return [str(s) for s in STREAMS if s.kind != "kline" and self.newest.get(s, (0, 0)) <= began.get(s, (0, 0))]

    def awaited(self) -> list[str]:
        return [
            f"{client.name} {following.stream}"
            for client in self.clients
            for following in client.streams.values()
            if following.awaits_snapshot is not None or not following.is_subscribed
        ]

    def behind(self, barrier: dict[Stream, Position]) -> list[str]:
        return [
            f"{client.name} at {client.url} {following.stream} {following.position} of {barrier[following.stream]}"
            for client in self.clients
            for following in client.streams.values()
            if following.stream in barrier and is_before(following.epoch, following.last, barrier[following.stream])
        ]

    async def end(self, name: str, note: str = "") -> Row:
        """The verdict: raises where something was found."""
        await self.settle()
        self.ledger.audit_trades()
        row = Row(
            scenario=name,
            seconds=time.monotonic() - self.started,
            reconnects=self.reconnects,
            messages=self.messages,
            gaps=sum(self.gaps.values()),
            unrecovered=sum(self.unrecovered.values()),
            replayed=self.replayed,
            longest_away=self.longest_away,
            note=note,
        )
        if self.findings:
            raise ScenarioFailure(f"{name}: {self.findings.report()}")
        return row


def is_before(epoch: int | None, sequence: int | None, position: Position) -> bool:
    return sequence is None or epoch is None or (epoch, sequence) < position


def crowd(checker: Checker, count: int, can_resume: bool) -> list[CheckedClient]:
    """Clients with three to seven streams each; most resume by positions, some with a token, a few by one sequence. A third
    mix both dialects on their connection, except those with a token."""
    dice = random.Random(checker.seed)
    clients: list[CheckedClient] = []
    for number in range(count):
        form = ("positions", "token", "positions", "token", "positions", "lastSequence")[number % 6]
        # Everyone of the first streams is followed, whatever the dice say.
        chosen = {STREAMS[number % len(STREAMS)], *dice.sample(STREAMS, dice.randint(2, 6))}
        own = dice.choice(("op", "action"))
        is_mixed = form != "token" and dice.random() < 0.35
        wanted = [
            (stream, dice.choice(("op", "action")) if is_mixed else own)
            for stream in sorted(chosen, key=lambda stream: stream.canonical)
        ]
        clients.append(CheckedClient(checker, number, wanted, form if can_resume else "positions"))
    return clients


def table(rows: list[Row]) -> str:
    """As text for people."""
    heads = ["scenario", "seconds", "reconnects", "messages", "replayed", "gaps told", "unrecovered", "longest away", "note"]
    lines = [heads] + [
        [
            row.scenario, f"{row.seconds:.1f}", str(row.reconnects), str(row.messages), str(row.replayed), str(row.gaps),
            str(row.unrecovered), f"{row.longest_away:.2f}", row.note,
        ]
        for row in rows
    ]  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    made = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([made[0], "-" * len(made[0]), *made[1:]])
