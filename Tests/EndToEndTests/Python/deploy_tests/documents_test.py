"""Documents and examples for operators: what they name exists."""

import json
import re
import shlex
import shutil
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

from deploy_tests.repository import (
    EDGE,
    INGESTOR,
    INSTALLING,
    OPERATIONS,
    ROOT,
    load,
    metric_of,
    metrics,
    pages,
    run,
    series_in,
    settings,
)

SIZING = ROOT / "docs/sizing.md"
# In capitals, and no settings of the programs.
OTHER_NAMES = {"NOTIFY_SOCKET", "READY", "STOPPING", "GF_SECURITY_ADMIN_PASSWORD", "COMMIT", "ARGS", "STATUS"}
# Written by the log itself (JSONLogFormat); the others come with an event.
WRITTEN = {"ts", "level", "label", "message"}
# By which lines are found that are about the same.
IDENTITIES = {"node", "stream", "connection", "address", "user", "upstream_connection"}


def log_fields() -> set[str]:
    """As docs/operations.md lists them."""
    section = re.search(r"^## Logs\n(.*?)^## ", OPERATIONS.read_text(), re.MULTILINE | re.DOTALL)
    assert section
    return {name for row in re.findall(r"^\| (`.*?) \|", section[1], re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


class Documents(unittest.TestCase):
    def test_settings_metrics_pages_and_files_that_they_name_exist(self) -> None:
        every_page = pages("edge-node") | pages("ingestor") | {"/ws"}
        for path in (OPERATIONS, INSTALLING, SIZING):
            text = path.read_text()
            for name in re.findall(r"`([A-Z]+(?:_[A-Z]+)+)\b", text):
                self.assertIn(name, set(settings()) | OTHER_NAMES, path.name)
            for series in series_in(text):
                self.assertIn(metric_of(series), metrics(), path.name)
            for page in re.findall(r"`(/[a-z]+)`", text):
                self.assertIn(page, every_page, path.name)
            for file in re.findall(r"\b(?:deploy|k8s|scripts|loadtest)/[\w./-]*\w", text):
                self.assertTrue((ROOT / file).exists(), f"{path.name}: {file}")

    def test_links_lead_somewhere_and_what_is_told_to_run_is_run(self) -> None:
        # What has to be built first is run by `make check-docs`.
        run(sys.executable, "scripts/check_docs", "links")

    def test_figures_of_sizing_are_those_that_were_measured(self) -> None:
        documents = {ROOT / "loadtest/README.md", *(ROOT / "docs").glob("*.md")} - {SIZING}
        measured = "\n".join(path.read_text() for path in documents)
        for row in re.findall(r"^\| .* \| (.*) \| measured: .* \|$", SIZING.read_text(), re.MULTILINE):
            for figure in re.findall(r"\d[\d,.]*", row):
                self.assertIn(figure, measured, row)

    def test_nginx_takes_the_example(self) -> None:
        # Only where somebody has it: nothing else here needs nginx.
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        example = re.search(r"```nginx\n(.*?)```", INSTALLING.read_text(), re.DOTALL)
        assert example
        for setting in ("proxy_read_timeout", "proxy_send_timeout"):
            seconds = re.search(rf"{setting} (\d+)s;", example[1])
            assert seconds and int(seconds[1]) > 2 * float(settings()["CLIENT_PING_INTERVAL"].default), setting
        # Lines of these two logs would have the query of a request.
        self.assertRegex(example[1], r"access_log \S+ no_credentials;")
        self.assertNotRegex(example[1], r"log_format .*\$(request\b|request_uri|args|query_string|uri|http_)")
        self.assertRegex(example[1], r"error_log \S+ emerg;")
        if nginx:
            with tempfile.TemporaryDirectory() as folder:
                files = [f"{folder}/stream.key", f"{folder}/stream.pem"]
                run(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-subj",
                    "/CN=x",
                    "-keyout",
                    files[0],
                    "-out",
                    files[1],
                )
                text = example[1].replace("/etc/nginx/tls", folder).replace("/var/log/nginx", folder)
                configuration = Path(folder) / "nginx.conf"
                configuration.write_text(f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{text}}}\n")
                run(nginx, "-t", "-q", "-c", str(configuration))

    def test_fields_of_the_log_are_written(self) -> None:
        source = "\n".join(path.read_text() for path in (ROOT / "Sources").rglob("*.swift"))
        self.assertLessEqual(WRITTEN | IDENTITIES, log_fields())
        for field in log_fields():
            self.assertIn(f'"{field}"', source)


class Shippers(unittest.TestCase):
    def test_alloy_reads_fields_that_are_documented(self) -> None:
        for path in (ROOT / "deploy/loki").glob("*.alloy"):
            text = path.read_text()
            expressions = re.search(r"expressions = \{(.*?)\}", text, re.DOTALL)
            assert expressions
            read = set(re.findall(r'(\w+)\s*= "(\w+)"', expressions[1]))
            self.assertEqual({name for pair in read for name in pair} - log_fields(), set(), path.name)
            names = {name for name, _ in read}
            self.assertLessEqual(IDENTITIES, names, path.name)
            for block in re.findall(r"values = \{(.*?)\}", text, re.DOTALL):
                self.assertLessEqual({value for _, value in re.findall(r'(\w+)\s*= "(\w+)"', block)}, names)
            self.assertEqual(text.count("{"), text.count("}"))
            # What forwards to something forwards to a component that is there.
            for component in re.findall(r"\[(loki\.\w+)\.(\w+)\.receiver\]", text):
                self.assertIn(f'{component[0]} "{component[1]}" {{', text)
            kept = re.search(r"stage\.structured_metadata \{\s*values = \{(.*?)\}", text, re.DOTALL)
            assert kept
            self.assertLessEqual(IDENTITIES, set(re.findall(r"(\w+)\s*=", kept[1])), path.name)

    def test_labels_of_loki_have_few_values(self) -> None:
        for path in (ROOT / "deploy/loki").glob("*.alloy"):
            labels = re.search(r"stage\.labels \{\s*values = \{(.*?)\}", path.read_text(), re.DOTALL)
            assert labels
            self.assertEqual(re.findall(r"(\w+)\s*=", labels[1]), ["level"])

    def test_filebeat_reads_fields_that_are_documented(self) -> None:
        text = (ROOT / "deploy/filebeat/filebeat.yaml").read_text()
        load("deploy/filebeat/filebeat.yaml")
        read = set(re.findall(r"\btidegate\.(\w+)", text))
        self.assertEqual(read - log_fields(), set())


class Examples(unittest.TestCase):
    def test_the_example_of_the_environment_has_settings_and_their_defaults(self) -> None:
        text = (ROOT / ".env.example").read_text()
        found = re.findall(r"((?:^# .*\n)*)^(#?)([A-Z_]+)=(.*)$", text, re.MULTILINE)
        self.assertGreater(len(found), 15)
        for comment, left_out, name, value in found:
            self.assertIn(name, settings())
            default = settings()[name].default
            if left_out:
                self.assertEqual((value, default if name != "ADMIN_PORT" else ""), ("", ""), f"{name} has a default: {default}")
            elif "efault" not in comment:
                self.assertEqual(value, default, name)

    def test_railway_is_told_what_is_there(self) -> None:
        # What a file says wins over the dashboard: so each service has its own.
        for name, command, program in (
            ("railway.toml", "tidegate standalone --upstream bybit", EDGE),
            ("deploy/railway/edge-node.toml", "edge-node", EDGE),
            ("deploy/railway/ingestor.toml", '/bin/sh -c "ADMIN_PORT=${PORT:-9000} exec ingestor"', INGESTOR),
        ):
            with self.subTest(name):
                railway = tomllib.loads((ROOT / name).read_text())
                self.assertTrue((ROOT / railway["build"]["dockerfilePath"]).is_file())
                deploy = railway["deploy"]
                self.assertEqual(deploy["startCommand"], command)
                self.assertIn(deploy["healthcheckPath"], pages(program))
                if program == EDGE:
                    self.assertGreater(deploy["drainingSeconds"], float(settings()["DRAIN_SECONDS"].default))
                if name != "railway.toml":
                    self.assertIn(f"`/{name}`", INSTALLING.read_text())

    def test_the_ingestors_pages_are_where_the_platform_asks(self) -> None:
        command = tomllib.loads((ROOT / "deploy/railway/ingestor.toml").read_text())["deploy"]["startCommand"]
        words = shlex.split(command.replace("exec ingestor", "exec printenv ADMIN_PORT"))
        self.assertEqual(run("env", "PORT=7331", *words).strip(), "7331")
        self.assertEqual(run("env", "-u", "PORT", *words).strip(), "9000")

    def test_the_image_serves_no_invented_prices(self) -> None:
        command = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        assert command
        self.assertEqual(json.loads(command[1]), ["tidegate", "standalone", "--upstream", "bybit"])
