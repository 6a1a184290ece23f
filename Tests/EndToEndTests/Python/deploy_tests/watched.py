"""A cluster of real processes that a real Prometheus and a real Alertmanager watch, by the rules that are deployed."""

import asyncio
import hashlib
import json
import secrets
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from deploy_tests.repository import ROOT, RULES, run, tool

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cluster"))

from nodes import Programs  # noqa: E402
from processes import Process, Processes, until  # noqa: E402

# What rules and dashboards tell gateways apart by.
GATEWAY = "market"
API_KEY = secrets.token_hex(32)
USER = "site"


def get(url: str, token: str | None = None, accept: str = "*/*") -> tuple[int, str]:
    """Status and text of a page; status 0 where nobody answers."""
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""


async def page(url: str, token: str | None = None, accept: str = "*/*") -> tuple[int, str]:
    return await asyncio.to_thread(get, url, token, accept)


class Watched:
    """Two ingestors over a simulator, two edge nodes of which the second has TLS, a Redis, Prometheus and Alertmanager."""

    def __init__(self, processes: Processes, programs: Programs) -> None:
        self.processes = processes
        self.folder = processes.folder
        self.programs = programs
        self.token = secrets.token_hex(32)
        self.ports = {name: processes.ports.take() for name in ("simulator", "redis", "prometheus", "alertmanager")}
        self.shared = {
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}",
            "CONTROL_KEY": secrets.token_hex(32),
            "TIDEGATE_DOCUMENT": str(self.write("document.yaml", self.document())),
            "ADMIN_HOST": "127.0.0.1",
            "ADMIN_TOKEN": self.token,
        }
        self.ingestors = {name: self.ingestor(name) for name in ("ingestor-a", "ingestor-b")}
        self.certificate()
        tls = {"TLS_CERTIFICATE_FILE": str(self.folder / "tls.pem"), "TLS_KEY_FILE": str(self.folder / "tls.key")}
        resume = {"RESUME_TOKEN_KEY": secrets.token_hex(32)}
        self.edges = {name: self.edge(name, resume | more) for name, more in (("edge-1", {}), ("edge-2", tls))}

    # Its parts

    def write(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return path

    @staticmethod
    def document() -> dict[str, Any]:
        """One API key, which has an end."""
        digest = hashlib.sha256(API_KEY.encode()).hexdigest()
        ends = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 90 * 86400))
        return {"version": 1, "keys": [{"id": "charts", "sha256": digest, "user": USER, "expires": ends}]}

    def certificate(self) -> None:
        files = ["-keyout", str(self.folder / "tls.key"), "-out", str(self.folder / "tls.pem")]
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", "/CN=127.0.0.1", *files)

    def ingestor(self, name: str) -> Process:
        self.ports[name] = self.processes.ports.take()
        exchange = f"ws://127.0.0.1:{self.ports['simulator']}/v5/public/linear"
        own = {"ADMIN_PORT": str(self.ports[name]), "BYBIT_WS_URL": exchange, "BYBIT_RECONNECT_DELAY_INITIAL": "0.2"}
        return self.processes.make(name, [self.programs.path("ingestor")], self.shared | own)

    def edge(self, name: str, more: dict[str, str]) -> Process:
        self.ports[name] = self.processes.ports.take()
        self.ports[f"{name}-clients"] = self.processes.ports.take()
        own = {"PORT": str(self.ports[f"{name}-clients"]), "ADMIN_PORT": str(self.ports[name]), "AUTH_MODE": "optional"}
        return self.processes.make(name, [self.programs.path("edge-node")], self.shared | own | more)

    @property
    def urls(self) -> list[str]:
        return [f"ws://127.0.0.1:{self.ports['edge-1-clients']}/ws", f"wss://127.0.0.1:{self.ports['edge-2-clients']}/ws"]

    @staticmethod
    def options(url: str) -> dict[str, Any]:
        """How to connect there: the certificate is nobody's."""
        if not url.startswith("wss"):
            return {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return {"ssl": context}

    def admin(self, name: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    # Those who watch

    def prometheus(self) -> Process:
        """As deployed, but for where things are and how often it looks."""
        groups = {"edge": self.edges, "ingestor": self.ingestors}
        targets = {kind: [f"127.0.0.1:{self.ports[name]}" for name in group] for kind, group in groups.items()}
        configuration = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}]}]},
            "scrape_configs": [
                {
                    "job_name": f"tidegate-{kind}",
                    "authorization": {"credentials": self.token},
                    "static_configs": [{"targets": addresses, "labels": {"namespace": GATEWAY}}],
                }
                for kind, addresses in targets.items()
            ],
        }
        path = self.write("prometheus.yaml", configuration)
        options = [f"--config.file={path}", f"--storage.tsdb.path={self.folder / 'tsdb'}", "--log.level=warn"]
        return self.processes.make(
            "prometheus", [tool("prometheus"), *options, f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"]
        )

    def alertmanager(self) -> Process:
        options = [f"--config.file={ROOT / 'deploy/alertmanager/alertmanager.yaml'}", f"--storage.path={self.folder / 'alerts'}"]
        listen = [f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}", "--cluster.listen-address=", "--log.level=warn"]
        return self.processes.make("alertmanager", [tool("prometheus-alertmanager"), *options, *listen])

    # Starting

    async def start(self) -> None:
        port = str(self.ports["simulator"])
        simulator = [self.programs.path("tidegate"), "simulate", "--port", port, "--symbols", "4", "--rate", "20"]
        redis = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.ports["redis"]), "--save", ""]
        for process in (self.processes.make("simulator", simulator), self.processes.make("redis", redis)):
            process.start()
        self.alertmanager().start()
        self.prometheus().start()
        for process in (*self.ingestors.values(), *self.edges.values()):
            process.start()
        for name in (*self.ingestors, *self.edges):
            await self.answers(self.admin(name, "/ready"), f"{name} is ready")
        await self.answers(f"http://127.0.0.1:{self.ports['prometheus']}/-/ready", "Prometheus is ready")
        await self.answers(f"http://127.0.0.1:{self.ports['alertmanager']}/-/ready", "Alertmanager is ready")

    async def answers(self, url: str, what: str) -> None:
        async def is_good() -> bool:
            return (await page(url))[0] == 200

        await until(is_good, what, 30)

    # What is asked of them

    async def ask(self, path: str, **parameters: Any) -> Any:
        """The data of an answer of Prometheus."""
        query = urllib.parse.urlencode(parameters)
        status, text = await page(f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}?{query}")
        assert status == 200, f"{parameters}: {status} {text[:300]}"
        return json.loads(text)["data"]

    async def firing(self) -> dict[str, str]:
        """Alerts that fire, with their severity."""
        alerts = (await self.ask("alerts"))["alerts"]
        return {a["labels"]["alertname"]: a["labels"]["severity"] for a in alerts if a["state"] == "firing"}

    async def arrived(self) -> dict[str, str]:
        """Alerts that Alertmanager has, with their state: active, or suppressed by another one."""
        status, text = await page(f"http://127.0.0.1:{self.ports['alertmanager']}/api/v2/alerts")
        return {a["labels"]["alertname"]: a["status"]["state"] for a in json.loads(text)} if status == 200 else {}
