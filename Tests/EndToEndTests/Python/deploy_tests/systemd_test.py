"""The systemd units: taken by systemd-analyze, hardened, and with time for the calm exit."""

import configparser
import re
import tempfile
import unittest
from pathlib import Path

from deploy_tests.repository import EDGE, INGESTOR, INSTALLING, ROOT, run, settings, tool

FOLDER = ROOT / "deploy/systemd"
UNITS = {EDGE: "tidegate-edge-node.service", INGESTOR: "tidegate-ingestor.service"}
# By systemd's own measure, times ten: 0 has no rights at all, 96 is a plain service.
MOST_EXPOSED = 20


def unit(program: str) -> dict[str, str]:
    """Its section [Service]; of a name twice the last one."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(FOLDER / UNITS[program])
    return dict(parser["Service"])


class Units(unittest.TestCase):
    def test_there_is_one_for_each_program(self) -> None:
        self.assertEqual({path.name for path in FOLDER.glob("*.service")}, set(UNITS.values()))

    def test_systemd_has_nothing_to_say_about_them_and_finds_them_hardened(self) -> None:
        for program, name in UNITS.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                # It asks whether the program is there; here it need not be installed.
                copy = Path(folder) / name
                copy.write_text((FOLDER / name).read_text().replace(f"/usr/local/bin/{program}", "/bin/true"))
                self.assertEqual(run(tool("systemd-analyze"), "verify", str(copy)), "")
                run(tool("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(copy))

    def test_they_start_the_programs_and_wait_until_these_are_ready(self) -> None:
        for program in UNITS:
            service = unit(program)
            self.assertEqual(service["ExecStart"], f"/usr/local/bin/{program}")
            self.assertEqual((service["Type"], service["NotifyAccess"]), ("notify", "main"))
            # Ready is when the ports are open, for which no start has to wait longer than systemd's default.
            self.assertNotIn("TimeoutStartSec", service, "a boot would wait for stores that are away")
            self.assertIn("AF_UNIX", service["RestrictAddressFamilies"], "the notification is a datagram to systemd")

    def test_the_calm_exit_has_its_time(self) -> None:
        drain = float(settings()["DRAIN_SECONDS"].default)
        self.assertGreater(float(unit(EDGE)["TimeoutStopSec"]), drain + 10)

    def test_files_are_enough_for_the_clients_of_the_default(self) -> None:
        self.assertGreater(int(unit(EDGE)["LimitNOFILE"]), 2 * int(settings()["MAX_CLIENTS_TOTAL"].default))

    def test_their_user_is_made(self) -> None:
        users = [line.split()[1] for line in (FOLDER / "tidegate.sysusers").read_text().splitlines() if line.startswith("u ")]
        for program in UNITS:
            self.assertEqual([unit(program)["User"]], users)

    def test_the_documents_give_them_settings_before_they_are_started(self) -> None:
        section = re.search(r"^## systemd\n(.*?)^## ", INSTALLING.read_text(), re.MULTILINE | re.DOTALL)
        assert section
        start = section[1].index("systemctl enable")
        for program in UNITS:
            file = unit(program)["EnvironmentFile"]
            written = re.search(rf">{re.escape(file)}", section[1])
            assert written, file
            self.assertLess(written.start(), start, file)
        for name in re.findall(r"^(?:echo \")?([A-Z_]+)=", section[1], re.MULTILINE):
            self.assertIn(name, settings())
