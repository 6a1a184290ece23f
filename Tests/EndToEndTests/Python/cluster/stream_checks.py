"""What one client checks of all that it is told, and what it knows of its streams from it."""

import time
from typing import TYPE_CHECKING

from findings import (
    BAD_GAP,
    BAD_REPLY,
    EPOCH,
    MISSING,
    NO_SNAPSHOT,
    REPEATED,
    UNASKED,
    UNEXPLAINED_GAP,
    UNRECOVERED,
)
from market import BY_NAME, DELTA, Message, Stream
from messages import Decoded, Following

if TYPE_CHECKING:
    from checker import Checker


class StreamChecks:
    """Of one client over all of its connections; `url` is where it is connected, or was."""

    def __init__(self, checker: "Checker", name: str, wanted: list[tuple[Stream, str]], form: str) -> None:
        self.checker = checker
        self.name = name
        self.form = form
        self.streams = {stream: Following(stream, dialect) for stream, dialect in wanted}
        self.url = ""
        self.token: str | None = None
        self.farewell: Message | None = None
        self.farewell_time = 0.0
        """When it was heard: its delay counts from then on."""

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
        if following is None or not following.is_subscribed or got.dialect != following.dialect:
            return self.complain(UNASKED, f"{got.message['stream']} {got.sequence}, not subscribed (yet)")
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
