"""A client that has everything checked that it is told, and comes back with its positions when its connection is lost."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from findings import BAD_REPLY, DISCONNECTED, NO_FAREWELL, SILENT
from market import Message, Stream
from messages import Decoded, Following
from stream_checks import StreamChecks
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
        self.checks = StreamChecks(checker, self.name, wanted, form)
        self.streams = self.checks.streams
        self.dice = random.Random(f"{checker.seed}/{number}")
        self.url = ""
        self.socket: ClientConnection | None = None
        self.is_new = True
        self.is_settled = False
        """Connected, and every request answered."""
        self.pending: dict[int, Reply] = {}
        self.next_id = 0
        self.away_since = time.monotonic()

    # Its life

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            self.url = self.checks.url = self.choose()
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
        if self.checks.farewell:
            due = self.checks.farewell_time + int(self.checks.farewell["reconnectAfterMs"]) / 1000
            self.checks.farewell = None
            return max(0.0, due - time.monotonic())
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
        if code == 1001 and not self.checks.farewell:
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
                        self.checks.take(got)
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
            self.checks.take_gap(message)
        elif word == "going_away":
            self.checks.farewell = message
            self.checks.farewell_time = time.monotonic()
            self.checks.token = message.get("resumeToken", self.checks.token)
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
        return words, lambda reply: self.checks.subscribed(reply, part)

    def resume(self, dialect: str, part: list[Following]) -> tuple[Message, Callable[[Message], None]]:
        positions = {following.stream.argument(dialect): following.position for following in part}
        request: Message = {dialect: "resume", "positions": positions}
        return request, lambda reply: self.checks.resumed(reply, part)

    def resume_by_token(self) -> tuple[Message, Callable[[Message], None]]:
        """The token says which streams, and is older than the positions. Its clients speak one dialect."""
        part = list(self.streams.values())
        request, _ = self.resume(part[0].dialect, [following for following in part if following.position])
        return {**request, "token": self.checks.token}, lambda reply: self.checks.resumed(reply, part)

    def resume_by_sequence(self, following: Following) -> tuple[Message, Callable[[Message], None]]:
        name = following.stream.argument(following.dialect)
        request = {following.dialect: "resume", "streams": [name], "lastSequence": following.last}
        return request, lambda reply: self.checks.resumed(reply, [following])

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

    def complain(self, kind: str, text: str) -> None:
        self.checks.complain(kind, text)


def by_dialect(part: list[Following]) -> list[tuple[str, list[Following]]]:
    found: dict[str, list[Following]] = {}
    for following in part:
        found.setdefault(following.dialect, []).append(following)
    return list(found.items())
