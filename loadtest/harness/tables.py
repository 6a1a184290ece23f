"""Tables as they can be pasted into a README."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.figures import Spread, Value, spread

NOTHING = "-"


def plain(value: float) -> str:
    """Three figures that count; more would pretend to know more."""
    if value < 0:
        text = plain(-value)
        return text if text == "0" else f"-{text}"
    if value >= 1000:
        digits = 3 - len(str(int(value)))
        return f"{round(value, digits):,.0f}"
    if value < 0.005:
        return "0"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def count(value: float) -> str:
    """Of things that are counted: a median of two rounds may still lie between."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def milliseconds(microseconds: float) -> str:
    return plain(microseconds / 1000)


def kilobytes(count: float) -> str:
    return plain(count / 1024)


def megabytes(count: float) -> str:
    return plain(count / 1024 / 1024)


def percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share < 0.1 or 0.9 < share < 1 else f"{100 * share:.0f}%"


Format = Callable[[float], str]


def cell(values: Sequence[Value], form: Format = plain) -> str:
    """The median, and the smallest and largest of several rounds."""
    found = spread(values)
    return NOTHING if found is None else spread_text(found, form)


def spread_text(found: Spread, form: Format) -> str:
    median, smallest, largest = form(found.median), form(found.smallest), form(found.largest)
    return median if smallest == largest else f"{median} ({smallest} to {largest})"


@dataclass(frozen=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]

    def text(self) -> str:
        lines = [["", *self.columns], *([name, *cells] for name, cells in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]

        def row(line: Sequence[str]) -> str:
            return "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |"

        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([self.title, "", row(lines[0]), rule, *map(row, lines[1:])])
