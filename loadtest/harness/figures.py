"""The arithmetic of measurements: spreads over rounds, ratios pair by pair. A round without a value is None."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Value = float | None


@dataclass(frozen=True)
class Spread:
    """What several rounds said. On a noisy machine the median counts, and the ends tell how noisy it was."""

    median: float
    smallest: float
    largest: float
    rounds: int


def spread(values: Iterable[Value]) -> Spread | None:
    """None where no round has a value."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(statistics.median(known), min(known), max(known), len(known))


def ratio(ours: Value, theirs: Value) -> Value:
    if ours is None or theirs is None or theirs <= 0:
        return None
    return ours / theirs


def ratios(ours: Sequence[Value], theirs: Sequence[Value]) -> list[Value]:
    """Round by round: what ran right after each other is compared, so that a slow minute of the machine cancels out."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} rounds against {len(theirs)}")
    return [ratio(mine, other) for mine, other in zip(ours, theirs)]


def best(contestants: Iterable[Sequence[Value]], largest: bool = False) -> list[Value]:
    """The best value of each round, whoever had it: the smallest, or the largest where more is better."""
    choose = max if largest else min
    rounds: list[Value] = []
    for values in zip(*contestants, strict=True):
        known = [value for value in values if value is not None]
        rounds.append(choose(known) if known else None)
    return rounds


def per(amount: Value, count: float) -> Value:
    return None if amount is None or count <= 0 else amount / count


def expected_deliveries(published: int, streams: int, subscriptions: int) -> float:
    """Of publications that went to the streams in turn, with the subscriptions spread evenly over them."""
    return published / streams * subscriptions if streams > 0 else 0.0
