"""Rounds, crowds and searches, and the tables that are made of them."""

import unittest
from types import SimpleNamespace

from harness import cluster, rounds, scenarios, sustained
from harness.crowd import Crowd, Member, Result, received_per_second
from harness.machine import Disturbance
from harness.measuring import Run
from harness.processes import Trouble
from harness.rounds import Aim, Line, Step, figures_table, play
from harness.sustained import Sustained

from loadtest_tests.runs import run


class RoundsTests(unittest.TestCase):
    def test_a_run(self) -> None:
        one = run(2.0, 4.0, (1_000_000, 5_096_000, 6_000_000, 0), delivered=500_000, connected=1000, latency={"p99": 7})
        self.assertEqual(one.cpu_per_message, 4.0)
        self.assertEqual(one.deliveries_per_second, 125_000)
        self.assertEqual(one.deliveries_per_cpu_second, 250_000)
        self.assertEqual(one.memory_per_connection, 4096)
        self.assertEqual((one.latency("p99"), one.latency("p50"), one.count("gaps"), one.closed(4008)), (7, None, 0, 0))
        self.assertIsNone(run(1.0, 1.0).cpu_per_message)
        slow = run(closed={"4008": 1, "eof": 5}, slow={"closed": {"4008": 2}})
        self.assertEqual(slow.closed(4008), 3)

    def test_a_failed_run_costs_its_round_only(self) -> None:
        order: list[str] = []

        def good() -> Run:
            order.append("good")
            return run(delivered=len(order))

        def bad() -> Run:
            order.append("bad")
            raise Trouble("it broke")

        told: list[str] = []
        tell, rounds.tell = rounds.tell, told.append
        try:
            runs = play("title", [Step("good", good), Step("bad", bad)], 2)
        finally:
            rounds.tell = tell
        self.assertEqual(order, ["good", "bad", "good", "bad"])
        self.assertEqual(runs["bad"], [None, None])
        self.assertIn("it broke", told[1])
        table = figures_table("", runs, ["good", "bad"], [Line("delivered", lambda one: one.delivered)])
        self.assertEqual(list(table.rows[0][1]), ["2.00 (1.00 to 3.00)", "-"])

    def test_an_aim_goes_by_the_median(self) -> None:
        reached = Aim("x", [1.0, 1.1, 9.0], lambda x: x <= 1.1).text()
        self.assertTrue(reached.startswith("- reached: x: 1.10 (1.00 to 9.00)"))
        self.assertTrue(Aim("x", [1.0, 1.2, 1.3], lambda x: x <= 1.1).text().startswith("- MISSED"))
        self.assertTrue(Aim("x", [None], lambda x: True).text().startswith("- not measured"))

    def test_the_best_peer_is_chosen_in_each_round(self) -> None:
        line = Line("", lambda one: one.cpu)
        cpu = {"floor": (1.0, 1.0), "tidegate": (4.0, 4.0), "nats": (8.0, 2.0), "nchan": (2.0, 8.0)}
        runs = {name: [run(one) for one in rounds] for name, rounds in cpu.items()}
        rivals = {"floor": "floor", "nats": "nats", "nchan": "nchan"}
        table = scenarios.ratio_table("", runs, "tidegate", rivals, [line], False)
        self.assertEqual(list(table.columns), ["floor", "nats", "nchan", "the best peer"])
        self.assertEqual([table.rows[0][1][0], table.rows[0][1][-1]], ["4.00", "2.00"])


    def test_rounds_of_a_server_that_was_held_up_are_told(self) -> None:
        runs = {"a": [run(latency={"p99": 41_000}), None], "b": [run(latency={"p99": 39_000}), run()]}
        self.assertRegex(scenarios.crowded(runs, ["a", "b"], 25)[0], "in 1 of 2 runs p99 was above 40 ms")
        self.assertEqual(scenarios.crowded(runs, ["b"], 25), [])


class CrowdTests(unittest.TestCase):
    def test_what_was_delivered_of_what_was_due(self) -> None:
        crowd = Crowd(7, 2, 2, 1, 10, 400, "latest", "nats")
        self.assertEqual(crowd.shares, [4, 3])
        reports = [
            {"subscriptions": 4, "delivered": 30, "conflated": 5, "closed": {"4008": 1}},
            {"subscriptions": 3, "delivered": 25, "conflated": 3, "closed": {"4008": 1, "1011": 2}},
        ]
        members = [
            Member(SimpleNamespace(name="edge-node-1"), 4096, 0.5),
            Member(SimpleNamespace(name="edge-node-2"), 8192, 0.7),
            Member(SimpleNamespace(name="clients"), None, 0.1),
        ]
        result = Result(crowd, 1.0, {"published": 20}, reports, members, Disturbance(0, 0))
        self.assertEqual(result.expected, 70)
        self.assertEqual(result.share, 0.9)
        self.assertEqual(result.closed, {"4008": 2, "1011": 2})
        rows = dict(cluster.table([result]).rows)
        self.assertEqual(rows["edge node: KB per connection"], ["6.00 (4.00 to 8.00)"])
        self.assertEqual(rows["closed by the nodes, by code"], ["1011: 2, 4008: 2"])


    def test_progress_of_a_generator(self) -> None:
        self.assertEqual(received_per_second("12 s  connected 16,667  received 166,670/s  published 1/s"), 166_670)
        self.assertEqual(received_per_second("loadtest: no server"), 0)


class SustainedTests(unittest.TestCase):
    def test_the_highest_rate_that_keeps_latency_low_is_found(self) -> None:
        tried: list[float] = []

        def server(rate: float, seconds: float) -> Run:
            """Keeps up with 1,500/s, and for longer only with 1,400."""
            tried.append(rate)
            most = 1500 if seconds < 5 else 1400
            return run(delivered=1, latency={"p99": 5 if rate <= most else 500})

        tell, sustained.tell = sustained.tell, lambda text: None
        try:
            search = Sustained("", server, 20)
            self.assertEqual(search.run(5).latency("p99"), 5)
            self.assertTrue(1200 < tried[-1] <= 1400, tried)
            first = len(tried)
            search.run(5)
            self.assertTrue(1200 < tried[-1] <= 1400, tried)
            self.assertLess(len(tried) - first, first)
        finally:
            sustained.tell = tell
        self.assertFalse(search.holds(run()))
