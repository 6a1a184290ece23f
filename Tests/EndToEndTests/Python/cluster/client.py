"""A client that checks everything it is told, and comes back with its positions when its connection is lost."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from findings import (
    BAD_GAP,
    BAD_REPLY,
    DISCONNECTED,
    EPOCH,
    MISSING,
    NO_FAREWELL,
    NO_SNAPSHOT,
    REPEATED,
    SILENT,
    UNASKED,
    UNEXPLAINED_GAP,
    UNRECOVERED,
)
from market import BY_NAME, DELTA, Message, Stream
from messages import Decoded, Following
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

if TYPE_CHECKING:
    from checker import Checker

REPLY_WAIT = 15.0
CONNECT_WAIT = 5.0


@dataclass
class Reply:
    """A request that waits: who waits for its reply, and what the reply does."""

    answer: "asyncio.Future[Message]"
    apply: Callable[[Message], None]

    def take(self, message: Message) -> None:
        if not self.answer.done():
            self.answer.set_result(message)
        if "error" not in (message.get("op"), message.get("action")):
            self.apply(message)


class CheckedClient:
    """One client over all of its connections. `form` is how it resumes: by `positions`, by `token` (and positions), or by
    `lastSequence`."""

    def __init__(self, checker: "Checker", number: int, wanted: list[tuple[Stream, str]], form: str) -> None:
        self.checker = checker
        self.name = f"client {number}"
        self.form = form
        self.streams = {stream: Following(stream, dialect) for stream, dialect in wanted}
        self.dice = random.Random(f"{checker.seed}/{number}")
        self.url = ""
        self.socket: ClientConnection | None = None
        self.token: str | None = None
        self.is_new = True
        self.is_settled = False
        """Connected, and every request answered."""
        self.farewell: Message | None = None
        self.pending: dict[int, Reply] = {}
        self.next_id = 0
        self.away_since = time.monotonic()

    # Its life

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            self.url = self.choose()
            try:
                await self.converse()
                failures = 0
            except (OSError, TimeoutError, WebSocketException):
                failures += 1
            self.is_settled = False
            self.socket = None
            for following in self.streams.values():
                following.forget_connection()
            await asyncio.sleep(self.pause(failures))

    def choose(self) -> str:
        """Another node than the last one, where there is one."""
        others = [url for url in self.checker.urls if url != self.url]
        return self.dice.choice(others or self.checker.urls)

    def pause(self, failures: int) -> float:
        """What the node asked for at its farewell, otherwise a backoff."""
        if self.farewell:
            wait = int(self.farewell["reconnectAfterMs"]) / 1000
            self.farewell = None
            return wait
        return min(2.0, 0.05 * float(2 ** min(failures, 6))) * self.dice.uniform(0.5, 1.5)

    async def converse(self) -> None:
        """One connection, from its beginning to its end."""
        options: Message = {"compression": None, "max_size": None, "max_queue": None, "ping_interval": None}
        async with connect(self.url, proxy=None, open_timeout=CONNECT_WAIT, close_timeout=1, **options) as socket:
            self.socket = socket
            reader = asyncio.create_task(self.read(socket))
            asking = asyncio.create_task(self.ask_for_all())
            try:
                await asyncio.wait({reader, asking}, return_when=asyncio.FIRST_COMPLETED)
                if asking.done() and not reader.done():
                    asking.result()
                await reader
            finally:
                for task in (reader, asking):
                    task.cancel()
                self.pending.clear()
                await asyncio.gather(reader, asking, return_exceptions=True)
                if not self.checker.is_stopping:
                    self.lost(socket)

    def lost(self, socket: ClientConnection) -> None:
        self.is_settled = False
        self.socket = None
        self.away_since = time.monotonic()
        self.checker.disconnects += 1
        code, reason = socket.close_code, socket.close_reason
        if not self.checker.allowance.disconnects:
            self.complain(DISCONNECTED, f"by {self.url} with {code} {reason!r}")
        if code == 1001 and not self.farewell:
            self.complain(NO_FAREWELL, f"{self.url} closed with 1001 {reason!r} and said nothing before")

    async def read(self, socket: ClientConnection) -> None:
        decoder = self.checker.decoder
        try:
            async for text in socket:
                self.checker.messages += 1
                if not isinstance(text, str):
                    self.complain(BAD_REPLY, f"a binary message: {text!r}"[:200])
                    continue
                try:
                    got = decoder.read(text)
                    if isinstance(got, Decoded):
                        self.take(got)
                    else:
                        self.hear(got)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    self.complain(BAD_REPLY, f"{type(error).__name__} {error}: {text[:400]}")
        except ConnectionClosed:
            pass

    def hear(self, message: Message) -> None:
        """Anything but data."""
        word = message.get("op") or message.get("action")
        if message.get("id") in self.pending:
            # Applied here and not by whoever waits: data may follow in the same read.
            self.pending.pop(message["id"]).take(message)
        elif word == "gap":
            self.take_gap(message)
        elif word == "going_away":
            self.farewell = message
            self.token = message.get("resumeToken", self.token)
            self.checker.farewells += 1
        else:
            self.complain(BAD_REPLY, f"unexpected: {str(message)[:300]}")

    # Requests

    async def ask_for_all(self) -> None:
        """Resumes what it has positions of, and subscribes the rest. Ends the connection where it is refused."""
        for request, apply in self.requests():
            reply = await self.ask(request, apply)
            if "error" in (reply.get("op"), reply.get("action")):
                self.checker.refusals += 1
                if not self.checker.allowance.refusals:
                    self.complain(BAD_REPLY, f"{request} is refused: {reply}"[:400])
                await asyncio.sleep(0.3)
                await self.close()
                return
        if not self.is_new:
            self.checker.reconnects += 1
            self.checker.longest_away = max(self.checker.longest_away, time.monotonic() - self.away_since)
        self.is_new = False
        self.is_settled = True

    async def close(self) -> None:
        if self.socket:
            await self.socket.close()

    def requests(self) -> list[tuple[Message, Callable[[Message], None]]]:
        """What to send, and what to do with each reply."""
        known = [following for following in self.streams.values() if following.position]
        new = [following for following in self.streams.values() if not following.position]
        if known and self.form == "token":
            return [self.resume_by_token()]
        found: list[tuple[Message, Callable[[Message], None]]] = []
        if known and self.form == "lastSequence":
            found += [self.resume_by_sequence(following) for following in known]
        elif known:
            found += [self.resume(dialect, part) for dialect, part in by_dialect(known)]
        return found + [self.subscribe(dialect, part) for dialect, part in by_dialect(new)]

    def subscribe(self, dialect: str, part: list[Following]) -> tuple[Message, Callable[[Message], None]]:
        names = [following.stream.argument(dialect) for following in part]
        words = {"op": "subscribe", "args": names} if dialect == "op" else {"action": "subscribe", "streams": names}
        return words, lambda reply: self.subscribed(reply, part)

    def resume(self, dialect: str, part: list[Following]) -> tuple[Message, Callable[[Message], None]]:
        positions = {following.stream.argument(dialect): following.position for following in part}
        request: Message = {dialect: "resume", "positions": positions}
        return request, lambda reply: self.resumed(reply, part)

    def resume_by_token(self) -> tuple[Message, Callable[[Message], None]]:
        """The token says which streams, and is older than the positions. Its clients speak one dialect."""
        part = list(self.streams.values())
        request, _ = self.resume(part[0].dialect, [following for following in part if following.position])
        return {**request, "token": self.token}, lambda reply: self.resumed(reply, part)

    def resume_by_sequence(self, following: Following) -> tuple[Message, Callable[[Message], None]]:
        name = following.stream.argument(following.dialect)
        request = {following.dialect: "resume", "streams": [name], "lastSequence": following.last}
        return request, lambda reply: self.resumed(reply, [following])

    async def ask(self, request: Message, apply: Callable[[Message], None]) -> Message:
        """Sends; `apply` runs in the turn in which the reply is read, before anything that comes behind it."""
        self.next_id += 1
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.pending[self.next_id] = Reply(answer, apply)
        assert self.socket
        await self.socket.send(json.dumps({**request, "id": self.next_id}))
        try:
            return await asyncio.wait_for(answer, REPLY_WAIT)
        except TimeoutError:
            self.complain(SILENT, f"{self.url} did not answer within {REPLY_WAIT:g} s: {request}"[:400])
            raise

    # Replies

    def subscribed(self, reply: Message, part: list[Following]) -> None:
        positions = reply["resume"]["positions"] if "op" in reply else reply["positions"]
        accepted = {BY_NAME[name] for name in (reply["args"] if "op" in reply else reply["streams"])}
        self.token = (reply["resume"].get("token") if "op" in reply else reply.get("resumeToken")) or self.token
        for following in part:
            if following.stream not in accepted:
                self.complain(BAD_REPLY, f"{following.stream} is not subscribed: {reply}"[:400])
                continue
            following.is_subscribed = True
            self.join(following, positions.get(following.stream.canonical), is_due=False)

    def resumed(self, reply: Message, part: list[Following]) -> None:
        answers = {BY_NAME[answer["stream"]]: answer for answer in reply.get("streams", [])}
        self.token = reply.get("resumeToken") or self.token
        if reply.get("rejected") or not reply.get("resumeToken"):
            self.complain(BAD_REPLY, f"rejected streams, or no new token: {reply}"[:400])
        for following in part:
            answer = answers.get(following.stream)
            if answer is None:
                self.complain(BAD_REPLY, f"says nothing of {following.stream}: {reply}"[:400])
                continue
            following.is_subscribed = True
            if answer["recovered"]:
                self.recovered(following, answer, reply["positions"].get(following.stream.canonical))
            else:
                self.not_recovered(following, answer, reply["positions"].get(following.stream.canonical))

    def recovered(self, following: Following, answer: Message, position: Message | None) -> None:
        replayed = answer["replayed"]
        if position is None or position["sequence"] != answer["from"] - 1:
            self.complain(BAD_REPLY, f"{following.stream} is told to stand at {position} in front of {answer}")
        if self.form == "lastSequence" and position and position["epoch"] > (following.epoch or 0):
            # The history was lost and has that very number again: nobody can tell, but from here on this is its epoch.
            following.epoch = position["epoch"]
        self.checker.replayed += replayed
        if following.last is None and position:
            # By the token's position alone.
            following.last, following.epoch = position["sequence"], position["epoch"]
        if replayed and answer["from"] != following.last + 1:
            self.complain(BAD_REPLY, f"replays from elsewhere than behind {following.last}: {answer}")

    def not_recovered(self, following: Following, answer: Message, position: Message | None) -> None:
        if following.position:
            self.checker.unrecovered[answer["reason"]] += 1
        if following.position and not self.checker.allowance.unrecovered:
            self.complain(UNRECOVERED, f"{following.stream} after {following.position} at {self.url}: {answer}")
        before = following.last or 0
        if position:
            self.checker.ledger.told(following.stream, position["epoch"], before + 1, position["sequence"])
        self.join(following, position, is_due=answer.get("latest") is not None)

    def join(self, following: Following, position: Message | None, *, is_due: bool) -> None:
        """Where nothing is had of a stream, its next message starts it. Is there a state, its snapshot is due."""
        if position and following.stream.has_state:
            self.complain(BAD_REPLY, f"{following.stream} is told to stand at {position} before its snapshot came")
        if position and following.epoch is not None and position["epoch"] < following.epoch:
            self.complain(EPOCH, f"{following.stream} goes on from {position} after epoch {following.epoch}")
        following.last = position["sequence"] if position else None
        if position:
            following.epoch = position["epoch"]
            self.checker.heard_epoch(position["epoch"])
        following.awaits_snapshot = time.monotonic() if following.stream.has_state and is_due else None

    # Data

    def take(self, got: Decoded) -> None:
        following = self.streams.get(got.stream)
        if following is None or not following.is_subscribed or got.dialect != following.dialect or self.farewell:
            return self.complain(UNASKED, f"{got.message['stream']} {got.sequence}, not subscribed (yet) or after the farewell")
        following.received += 1
        self.check_epoch(following, got)
        self.check_sequence(following, got)
        if got.is_snapshot:
            following.awaits_snapshot = None
        elif following.awaits_snapshot is not None and following.stream.has_state:
            self.complain(NO_SNAPSHOT, f"{got.stream} goes on with an update at {got.sequence} where a snapshot is due")
            following.awaits_snapshot = None
        following.last = got.sequence
        if got.stream.delivery == DELTA:
            following.book.apply(got.changes, got.is_snapshot)
        if following.epoch is not None:
            position = (following.epoch, got.sequence)
            total = following.book.total
            self.checker.ledger.enter(got.stream, position, got.is_snapshot, got.message, got.digest, total)
            self.checker.heard(got.stream, position)

    def check_epoch(self, following: Following, got: Decoded) -> None:
        if got.epoch is None:
            if got.is_snapshot:
                self.complain(EPOCH, f"a snapshot of {got.stream} at {got.sequence} tells none")
            return
        if following.epoch is not None and got.epoch < following.epoch:
            self.complain(EPOCH, f"{got.stream} at {got.sequence} falls from {following.epoch} to {got.epoch}")
        following.epoch = got.epoch
        self.checker.heard_epoch(got.epoch)

    def check_sequence(self, following: Following, got: Decoded) -> None:
        last = following.last
        if last is None:
            if got.stream.has_state and not got.is_snapshot:
                self.complain(NO_SNAPSHOT, f"{got.stream} begins with an update at {got.sequence}")
            return
        is_state_due = got.is_snapshot and following.awaits_snapshot is not None and got.sequence >= last
        if got.first == last + 1 or is_state_due:
            return
        kind = REPEATED if got.first <= last else MISSING
        self.complain(kind, f"{got.stream}: {got.first}...{got.sequence} after {following.position} at {self.url}")

    def take_gap(self, notice: Message) -> None:
        stream = BY_NAME.get(notice["stream"])
        following = self.streams.get(stream) if stream else None
        if stream is None or following is None or not following.is_subscribed:
            return self.complain(UNASKED, f"a gap of what is not subscribed: {notice}")
        self.checker.gaps[notice["reason"]] += 1
        last, epoch = following.last, following.epoch
        # Also by nothing: the new numbering may begin with a gap under the very number that the old one ended with.
        is_set_back = notice["to"] < notice["from"]
        fits = last is None or notice["from"] == last + 1
        fits = fits and (epoch is None or notice["epoch"] >= epoch)
        fits = fits and (not is_set_back or notice["reason"] == "failover" and notice["epoch"] != epoch)
        if not fits:
            self.complain(BAD_GAP, f"{notice} after {following.position}")
        self.explain(stream, notice)
        following.last, following.epoch = notice["to"], notice["epoch"]
        following.awaits_snapshot = time.monotonic() if stream.has_state else None
        self.checker.heard_epoch(notice["epoch"])
        self.checker.heard(stream, (notice["epoch"], notice["to"]))
        self.checker.ledger.told(stream, notice["epoch"], notice["from"], notice["to"])

    def explain(self, stream: Stream, notice: Message) -> None:
        allowance = self.checker.allowance
        allowed = allowance.state_gaps if stream.has_state else allowance.event_gaps
        if notice["reason"] not in allowed:
            self.complain(UNEXPLAINED_GAP, f"{notice}")

    def complain(self, kind: str, text: str) -> None:
        self.checker.findings.add(kind, f"{self.name} ({self.form}): {text}")


def by_dialect(part: list[Following]) -> list[tuple[str, list[Following]]]:
    found: dict[str, list[Following]] = {}
    for following in part:
        found.setdefault(following.dialect, []).append(following)
    return list(found.items())
