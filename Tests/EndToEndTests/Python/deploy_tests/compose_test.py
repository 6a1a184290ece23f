"""compose.yaml and the Dockerfile, checked by what can be checked without an engine."""

import contextlib
import fnmatch
import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy_tests.repository import EDGE, INGESTOR, INSTALLING, ROOT, load, pages, run, settings, tool

OURS = {"edge": EDGE, "ingestor": INGESTOR}
# Read by the image's health check, and no settings.
HEALTH = {"HEALTH_PORT", "HEALTH_PATH"}
SERVICE_KEYS = {
    "image", "build", "restart", "stop_grace_period", "depends_on", "command", "environment", "deploy", "ulimits", "volumes",
    "ports", "healthcheck", "profiles", "env_file",
}  # fmt: skip


def services() -> dict[str, Any]:
    return load("compose.yaml")["services"]  # type: ignore[no-any-return]


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


class Compose(unittest.TestCase):
    def config(self, settings: str | None, *options: str) -> dict[str, Any]:
        """The services as compose starts them, with this text as the file .env. `config` needs no engine."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ROOT / "compose.yaml", folder)
            if settings is not None:
                (Path(folder) / ".env").write_text(settings)
            unset = [word for name in ("RESUME_TOKEN_KEY", "BYBIT_WS_URL", "OIDC_ISSUER") for word in ("-u", name)]
            said = run("env", *unset, tool("docker-compose"), "--project-directory", folder, *options, "config")
        return yaml.safe_load(said)["services"]  # type: ignore[no-any-return]

    def test_compose_takes_it_with_each_profile(self) -> None:
        started = self.config("RESUME_TOKEN_KEY=0123456789abcdef\n", "--profile", "monitoring", "--profile", "simulator")
        self.assertEqual(set(started), set(services()))

    def test_nothing_starts_without_the_secret_or_without_the_file(self) -> None:
        with self.assertRaisesRegex(AssertionError, "RESUME_TOKEN_KEY"):
            self.config("LOG_LEVEL=info\n")
        with self.assertRaisesRegex(AssertionError, "env|RESUME_TOKEN_KEY"):
            self.config(None)

    def test_our_programs_get_what_is_in_the_file(self) -> None:
        text = (ROOT / ".env.example").read_text()
        for name in ("RESUME_TOKEN_KEY", "OIDC_ISSUER", "TRUSTED_PROXIES", "ALLOWED_ORIGINS"):
            text, count = re.subn(rf"^#{name}=$", f"{name}=0123456789abcdef", text, flags=re.MULTILINE)
            self.assertEqual(count, 1, name)
        started = self.config(text.replace("LOG_LEVEL=info", "LOG_LEVEL=debug"))
        for service in OURS:
            environment = started[service]["environment"]
            for name in ("OIDC_ISSUER", "TRUSTED_PROXIES", "ALLOWED_ORIGINS"):
                self.assertEqual(environment[name], "0123456789abcdef", service)
            self.assertEqual(environment["LOG_LEVEL"], "debug")
            # What compose says itself stays so, and both documents list it.
            for name, value in services()[service]["environment"].items():
                if "$" not in str(value) and name not in HEALTH:
                    self.assertEqual(environment[name], value, service)
                    for document in (ROOT / ".env.example", INSTALLING):
                        self.assertIn(name, document.read_text(), document.name)

    def test_services_have_keys_that_compose_knows(self) -> None:
        for name, service in services().items():
            self.assertEqual(set(service) - SERVICE_KEYS, set(), name)

    def test_settings_exist_and_are_of_the_program(self) -> None:
        for name, program in OURS.items():
            for setting in set(services()[name]["environment"]) - HEALTH:
                self.assertIn(setting, settings(), name)
                self.assertIn(program, settings()[setting].programs, setting)

    def test_what_is_mounted_is_there(self) -> None:
        volumes = load("compose.yaml")["volumes"]
        for name, service in services().items():
            for mount in service.get("volumes", []):
                source = mount.split(":")[0]
                self.assertTrue((ROOT / source).exists() if source.startswith(".") else source in volumes, f"{name}: {source}")

    def test_what_is_depended_on_is_there_and_a_condition_has_a_check(self) -> None:
        for name, service in services().items():
            wanted = service.get("depends_on", {})
            for other in wanted:
                self.assertIn(other, services(), name)
                if isinstance(wanted, dict) and wanted[other]["condition"] == "service_healthy":
                    self.assertIn("healthcheck", services()[other])

    def test_images_of_others_have_a_version(self) -> None:
        for name, service in services().items():
            if service["image"] != "tidegate":
                self.assertRegex(service["image"], r":v?\d", name)

    def test_monitoring_is_a_profile_and_its_ports_are_of_the_machine_only(self) -> None:
        watching = {name for name, service in services().items() if service.get("profiles") == ["monitoring"]}
        self.assertEqual(watching, {"prometheus", "alertmanager", "grafana"})
        for name in watching:
            for port in services()[name]["ports"]:
                self.assertTrue(port.startswith("127.0.0.1:"), f"{name}: {port}")

    def test_an_edge_node_has_time_to_say_goodbye(self) -> None:
        edge = services()["edge"]
        environment = edge["environment"]
        self.assertGreater(seconds(edge["stop_grace_period"]), seconds(environment["DRAIN_SECONDS"]))
        self.assertGreater(seconds(environment["DRAIN_SECONDS"]), seconds(environment["DRAIN_DELAY"]))

    def test_health_checks_ask_for_pages_that_exist(self) -> None:
        path = re.search(r"HEALTH_PATH=(\S+)", (ROOT / "Dockerfile").read_text())
        assert path
        for name, program in OURS.items():
            environment = services()[name]["environment"]
            self.assertIn(environment.get("HEALTH_PATH", path[1]), pages(program))
            port = environment.get("HEALTH_PORT", "8000")
            self.assertIn(port, (environment.get("PORT"), environment.get("ADMIN_PORT")), name)


class Dockerfile(unittest.TestCase):
    def setUp(self) -> None:
        text = (ROOT / "Dockerfile").read_text()
        joined = re.sub(r"\\\n\s*", "", text)
        self.lines = [line.split(None, 1) for line in joined.splitlines() if line and not line.startswith("#")]
        self.last_stage = self.lines[max(i for i, line in enumerate(self.lines) if line[0] == "FROM") :]

    def test_what_is_copied_is_there_and_not_ignored(self) -> None:
        rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
        self.assertEqual(rules[0], "*")
        for instruction, rest in self.lines:
            if instruction == "COPY" and not rest.startswith("--from"):
                for source in rest.split()[:-1]:
                    self.assertTrue((ROOT / source).exists(), source)
                    self.assertTrue(any(fnmatch.fnmatch(source, rule[1:]) for rule in rules if rule.startswith("!")), source)

    def test_hadolint_has_nothing_to_say(self) -> None:
        self.assertEqual(run(tool("hadolint"), "--config", ".hadolint.yaml", "--no-color", "Dockerfile"), "")

    def test_it_ends_as_a_user_without_rights_by_number(self) -> None:
        users = [rest for instruction, rest in self.last_stage if instruction == "USER"]
        self.assertRegex(users[-1], r"^[1-9]\d*$", "Kubernetes can check runAsNonRoot of a number only")

    def test_the_programs_that_manifests_and_units_start_are_in_it(self) -> None:
        built = next(rest for instruction, rest in self.lines if instruction == "RUN" and "--product" in rest)
        for program in ("ingestor", "edge-node", "tidegate"):
            self.assertIn(f".build/release/{program}", built)

    def test_the_health_check_asks_the_page_and_believes_200_only(self) -> None:
        for status, healthy in ((200, True), (503, False)):
            with answering(status) as (port, asked):
                environment = {"HEALTH_PORT": str(port), "HEALTH_PATH": "/ready", "PATH": os.environ["PATH"]}
                done = subprocess.run([ROOT / "deploy/healthcheck"], env=environment, capture_output=True, timeout=60)
            self.assertEqual(done.returncode == 0, healthy)
            self.assertEqual(asked, ["/ready"])
        done = subprocess.run([ROOT / "deploy/healthcheck"], env=environment, capture_output=True, timeout=60)
        self.assertNotEqual(done.returncode, 0, "nobody listens any more")


@contextlib.contextmanager
def answering(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server that answers everything with one status, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()
