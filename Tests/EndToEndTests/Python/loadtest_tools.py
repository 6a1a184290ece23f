#!/usr/bin/env python3
"""The arithmetic and the manners of loadtest/compare and loadtest/cluster, without the program `loadtest`."""

import os
import socket
import sys
import time
import unittest
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "loadtest"))

from harness import cluster, compare, machine, proc, rounds, scenarios, servers, sustained, tables  # noqa: E402
from harness.crowd import Crowd, Member, Result, received_per_second  # noqa: E402
from harness.figures import best, expected_deliveries, per, ratio, ratios, spread  # noqa: E402
from harness.generator import arguments, events  # noqa: E402
from harness.instructions import Count, marginal, total  # noqa: E402
from harness.machine import Disturbance, Limits  # noqa: E402
from harness.measuring import Run  # noqa: E402
from harness.processes import Processes, Stopped, Trouble, stop_on_signals, until  # noqa: E402
from harness.rounds import Aim, Line, Step, figures_table, play  # noqa: E402
from harness.sustained import Sustained  # noqa: E402

SMAPS = """\
5581e1c000-7ffd52b5a000 ---p 00000000 00:00 0                    [rollup]
Rss:               39336 kB
Pss:               30001 kB
Pss_Dirty:         29000 kB
Pss_Anon:          20480 kB
Pss_File:           8500 kB
Pss_Shmem:          1024 kB
Anonymous:         21000 kB
"""
OLD_SMAPS = "Rss: 39336 kB\nPss: 30001 kB\nAnonymous: 21000 kB\n"
ENOUGH = Limits(20_000, 1_000_000, 4096, 28_232, 1_000_000, 100 << 30)


def run(
    cpu: float = 1.0, seconds: float = 5.0, memory: tuple[int, int, int, int] = (0, 0, 0, 0), **report: object
) -> Run:
    return Run(cpu, seconds, report, Disturbance(0.01, 0.0), *memory)


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


class ProcTests(unittest.TestCase):
    def test_stat_with_any_name(self) -> None:
        fields = "S 17 42 42 0 -1 4194304 100 0 3 0 250 125 0 0 20 0 5 0 1234 1000000 500"
        stat = proc.parse_stat(f"42 (a) b (c d)) {fields}\n")
        self.assertEqual((stat.name, stat.parent, stat.user, stat.system), ("a) b (c d)", 17, 250, 125))

    def test_memory_leaves_out_pages_of_files(self) -> None:
        self.assertEqual(proc.user_memory(SMAPS), (20_480 + 1024) * 1024)
        self.assertEqual(proc.user_memory(OLD_SMAPS), 21_000 * 1024)

    def test_time_of_the_machine(self) -> None:
        ticks = proc.TICKS
        line = " ".join(str(ticks * seconds) for seconds in (1, 2, 3, 40, 5, 6, 7, 8, 0, 0))
        times = proc.parse_machine_times(f"cpu  {line}\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
        self.assertEqual((times.busy, times.idle, times.steal), (19, 45, 8))
        self.assertEqual((times - proc.MachineTimes(9, 5, 1)).total, 57)

    def test_a_process_that_works_and_one_that_grows(self) -> None:
        me = [os.getpid()]
        cpu, memory = proc.cpu_seconds(me), proc.memory_bytes(me)
        ballast = bytearray(b"x" * (8 << 20))
        while proc.cpu_seconds(me) < cpu + 0.05:
            pass
        self.assertGreater(proc.memory_bytes(me) - memory, 7 << 20)
        self.assertGreater(proc.quick_memory_bytes(me), len(ballast))

    def test_a_listening_port_is_seen_without_connecting(self) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            port = server.getsockname()[1]
            self.assertFalse(proc.is_listening(port))
            server.listen()
            self.assertTrue(proc.is_listening(port))
            with socket.create_connection(("127.0.0.1", port)) as client:
                self.assertFalse(proc.is_listening(client.getsockname()[1]))


class MachineTests(unittest.TestCase):
    def test_a_machine_that_has_enough(self) -> None:
        self.assertEqual(machine.shortcomings(ENOUGH, 100_000, 16_667, 2), [])
        self.assertEqual(machine.shortcomings(Limits(20_000, None, None, None, None, None), 100_000, 16_667), [])

    def test_what_is_too_low_is_named(self) -> None:
        low = Limits(10_000, 150_000, 128, 5000, 110_000, 2 << 30)
        words = machine.shortcomings(low, 100_000, 16_667, 2)
        marks = ["ulimit -n", "fs.file-max", "net.core.somaxconn", "ip_local_port_range", "nf_conntrack_max", "GiB"]
        self.assertEqual(len(words), len(marks))
        for mark, word in zip(marks, words):
            self.assertIn(mark, word)

    def test_as_many_processes_as_the_limit_asks_for(self) -> None:
        self.assertEqual(machine.processes_for(100_000, 20_000), 6)
        self.assertEqual(machine.processes_for(19_500, 20_000), 1)
        self.assertEqual(machine.processes_for(19_501, 20_000), 2)
        with self.assertRaises(Trouble):
            machine.processes_for(1, 500)


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


class CommandTests(unittest.TestCase):
    def test_options_of_the_generator(self) -> None:
        words = arguments({"clients": 5, "seconds": 0.5, "url": ["a", "b"]})
        self.assertEqual(words, ["--clients", "5", "--seconds", "0.5", "--url", "a", "--url", "b"])

    def test_events_among_progress(self) -> None:
        log = 'connecting\n{"event":"ready"}\n 5 s\n{"event":"meas'
        self.assertEqual(events(log), ["ready"])
        self.assertEqual(events(log + 'ured"}\n'), ["ready", "measured"])

    def test_configurations_are_filled_in(self) -> None:
        for name, values in (
            ("nats-server.conf", {"PUBLISH_PORT": 1, "CLIENT_PORT": 2}),
            ("nginx.conf", {"MODULE": "m", "USER": "", "CONNECTIONS": 9, "FOLDER": "/f", "PORT": 8}),
        ):
            text = servers.filled(name, **values)
            self.assertNotIn("${", text.replace("in ${...}", ""))
        self.assertIn("nchan_channel_id $1;", text)

    def test_command_lines(self) -> None:
        self.assertEqual(compare.parse(["--only", "hot", "idle", "--rounds", "3"]).only, ["hot", "idle"])
        self.assertEqual(cluster.parse(["--rates", "1,5,10"]).rates, [1, 5, 10])


class ProcessesTests(unittest.TestCase):
    def test_all_are_ended_however_it_ends(self) -> None:
        pids: list[int] = []
        with self.assertRaises(RuntimeError), Processes() as processes:
            # Its child is nobody's once it has ended.
            family = processes.start("family", ["sh", "-c", "sleep 60 & exec sleep 60"])
            until(lambda: len(family.pids) == 2, "the child is there", 5)
            pids = family.pids
            folder = processes.folder
            raise RuntimeError("whatever")
        until(lambda: not any(alive(pid) for pid in pids), "all have ended", 5)
        self.assertFalse(folder.exists())

    def test_a_signal_ends_all_too(self) -> None:
        stop_on_signals()
        with self.assertRaises(Stopped), Processes() as processes:
            child = processes.start("child", ["sleep", "60"])
            os.kill(os.getpid(), 2)
            time.sleep(5)
        self.assertFalse(child.is_running)

    def test_instructions_are_those_of_one_delivery_more(self) -> None:
        few, many = Count(5000, 10, 1, Path()), Count(41_000, 110, 1, Path())
        self.assertEqual(marginal(few, many), 360)
        with self.assertRaisesRegex(Trouble, "take more --clients"):
            marginal(few, few)
        self.assertEqual(total("version: 1\nevents: Ir\nfn=(1) f\n1 20\n\ntotals: 123\n"), 123)
        with self.assertRaisesRegex(Trouble, "counted nothing"):
            total("version: 1\n")

    def test_one_that_fails_is_told_with_its_last_lines(self) -> None:
        with Processes() as processes:
            child = processes.start("broken", ["sh", "-c", "echo no such thing; exit 3"])
            with self.assertRaisesRegex(Trouble, "(?s)broken ended with status 3.*no such thing"):
                child.wait_for_port(processes.port(), 5)


def alive(pid: int) -> bool:
    try:
        return not (proc.PROC / str(pid) / "stat").read_text().split(")")[1].startswith(" Z")
    except FileNotFoundError:
        return False


unittest.main()
