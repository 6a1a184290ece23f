"""Command lines, and the processes that are started and ended."""

import os
import time
import unittest
from pathlib import Path

from harness import cluster, compare, proc, servers
from harness.generator import arguments, events
from harness.instructions import Count, marginal, total
from harness.processes import Processes, Stopped, Trouble, stop_on_signals, until


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
