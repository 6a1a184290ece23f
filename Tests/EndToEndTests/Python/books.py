"""An order book kept by the exchange's rules, independently of the gateway's code."""

from collections.abc import Iterable
from decimal import Decimal

Level = tuple[str, str]


class Book:
    def __init__(self) -> None:
        self.bids: dict[Decimal, Level] = {}
        self.asks: dict[Decimal, Level] = {}
        self.update = 0

    def clear(self) -> None:
        self.bids.clear()
        self.asks.clear()

    def apply(self, bids: Iterable[list[str]], asks: Iterable[list[str]], update: int) -> None:
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, size in levels:
                if Decimal(size) == 0:
                    side.pop(Decimal(price), None)
                else:
                    side[Decimal(price)] = (price, size)
        self.update = update

    def take(self, message: dict) -> None:
        """A depth message of the gateway."""
        if message["type"] == "snapshot":
            self.clear()
        data = message["data"]
        self.apply(data["bids"], data["asks"], data["updateId"])

    def levels(self) -> tuple[list[Level], list[Level], int]:
        """Best first."""
        bids = [self.bids[price] for price in sorted(self.bids, reverse=True)]
        return bids, [self.asks[price] for price in sorted(self.asks)], self.update
