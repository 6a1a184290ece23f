"""Medians, ratios and shares, and how tables write them."""

import unittest

from harness import tables
from harness.figures import best, expected_deliveries, per, ratio, ratios, spread


class FiguresTests(unittest.TestCase):
    def test_median_and_ends_of_the_rounds_that_have_a_value(self) -> None:
        found = spread([5.0, None, 1.0, 9.0])
        assert found
        self.assertEqual((found.median, found.smallest, found.largest, found.rounds), (5.0, 1.0, 9.0, 3))
        even = spread([4.0, 1.0])
        self.assertEqual(even and even.median, 2.5)
        self.assertIsNone(spread([None]))

    def test_ratios_are_of_the_same_round(self) -> None:
        # The ratio of the medians would be 1.
        self.assertEqual(ratios([10.0, 20.0, 60.0], [20.0, 10.0, 20.0]), [0.5, 2.0, 3.0])
        self.assertEqual(ratios([1.0, None, 3.0], [None, 2.0, 0.0]), [None, None, None])
        with self.assertRaises(ValueError):
            ratios([1.0], [1.0, 2.0])

    def test_the_best_of_each_round(self) -> None:
        peers = [[5.0, 2.0, None], [4.0, 3.0, None]]
        self.assertEqual(best(peers), [4.0, 2.0, None])
        self.assertEqual(best(peers, largest=True), [5.0, 3.0, None])

    def test_shares(self) -> None:
        self.assertEqual(per(3.0, 2), 1.5)
        self.assertIsNone(per(3.0, 0))
        self.assertIsNone(ratio(3.0, 0))
        self.assertEqual(expected_deliveries(1000, 100, 50_000), 500_000)


class TablesTests(unittest.TestCase):
    def test_three_figures(self) -> None:
        cases = {0.0: "0", 0.123: "0.12", 5.678: "5.68", 45.67: "45.7", 456.7: "457", 1234.0: "1,230"}
        cases[1_234_567.0] = "1,230,000"
        for value, text in cases.items():
            self.assertEqual(tables.plain(value), text)
            self.assertEqual(tables.plain(-value), text if text == "0" else f"-{text}")
        self.assertEqual(tables.milliseconds(1500), "1.50")
        self.assertEqual(tables.kilobytes(4096), "4.00")
        shares = [tables.percent(share) for share in (0.031, 0.5, 0.9994, 1.0)]
        self.assertEqual(shares, ["3.1%", "50%", "99.9%", "100%"])

    def test_a_cell(self) -> None:
        self.assertEqual(tables.cell([1.0, 2.0, 4.0]), "2.00 (1.00 to 4.00)")
        self.assertEqual(tables.cell([2.0, 2.0]), "2.00")
        self.assertEqual(tables.cell([None]), "-")

    def test_a_table_is_markdown(self) -> None:
        text = tables.Table("Title", ["a", "long"], [("row", ["1", "2"])]).text()
        rows = ["|     | a | long |", "|-----|---|------|", "| row | 1 | 2    |"]
        self.assertEqual(text.splitlines(), ["Title", "", *rows])
