"""What is read of /proc, and of what a machine has too little."""

import os
import socket
import unittest

from harness import machine, proc
from harness.machine import Limits
from harness.processes import Trouble

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
