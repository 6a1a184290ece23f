"""Those that are compared, and what they need: each started on free ports, on the server's core."""

import json
import os
import pwd
import shutil
import signal
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from harness.machine import SPARE_DESCRIPTORS, Cores, raise_descriptor_limit
from harness.processes import Child, Processes, Trouble

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "release"
PEERS = ROOT / "loadtest" / "peers"
NCHAN_MODULES = ("/usr/lib/nginx/modules/ngx_nchan_module.so", "/usr/share/nginx/modules/ngx_nchan_module.so")


@dataclass(frozen=True)
class Server:
    """One that runs: how clients and the publisher reach it. Only `child` is measured; `beside` are its helpers."""

    target: str
    url: str
    publish: str
    child: Child
    beside: list[Child] = field(default_factory=list)
    # Where it tells what it has counted.
    stats_url: str | None = None

    def stats(self) -> Mapping[str, Any]:
        """Empty where it tells none, or is too busy to."""
        if not self.stats_url:
            return {}
        try:
            with urllib.request.urlopen(self.stats_url, timeout=5) as page:
                counted: Mapping[str, Any] = json.load(page)
                return counted
        except (OSError, ValueError):
            return {}

    @property
    def children(self) -> list[Child]:
        return [self.child, *self.beside]


class Programs:
    """Where what we have built is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, name: str) -> Path:
        path = self.folder / name
        if not os.access(path, os.X_OK):
            raise Trouble(f"{path} is missing: make build")
        return path


def tool(name: str) -> str | None:
    """Servers are often in a folder that only root's PATH has."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")


def needed(name: str, package: str) -> str:
    path = tool(name)
    if not path:
        raise Trouble(f"{name} is not installed: apt-get install {package}")
    return path


def start_nats_broker(processes: Processes, cores: list[int] | None) -> tuple[Child, str]:
    port = processes.port()
    command = [needed("nats-server", "nats-server"), "-a", "127.0.0.1", "-p", str(port)]
    child = processes.start("nats-broker", command, cores=cores)
    child.wait_for_port(port)
    return child, f"nats://127.0.0.1:{port}"


def start_redis_broker(processes: Processes, cores: list[int] | None) -> tuple[Child, str]:
    port = processes.port()
    command = [needed("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    child = processes.start("redis", [*command, "--appendonly", "no"], cores=cores)
    child.wait_for_port(port)
    return child, f"redis://127.0.0.1:{port}"


BROKERS = {"nats": start_nats_broker, "redis": start_redis_broker}


def start_edge(
    processes: Processes,
    programs: Programs,
    broker: str,
    settings: Mapping[str, object],
    cores: list[int] | None,
    name: str = "edge-node",
) -> tuple[Child, int]:
    port = processes.port()
    environment = {
        "HOST": "127.0.0.1",
        "PORT": port,
        "BROKER_URL": broker,
        "HISTORY_URL": "none",
        "EDGE_THREADS": 1,
        "LOG_LEVEL": "warning",
        **settings,
    }
    command = [programs.find("edge-node")]
    child = processes.start(name, command, {key: str(value) for key, value in environment.items()}, cores)
    child.wait_for_port(port)
    return child, port


def start_tidegate(processes: Processes, programs: Programs, cores: Cores, settings: Mapping[str, object]) -> Server:
    kind = "nats" if tool("nats-server") else "redis"
    broker, address = BROKERS[kind](processes, cores.load)
    own = {"MAX_CLIENTS_TOTAL": most_clients(), "MAX_SUBSCRIPTIONS_PER_CLIENT": 1000, **settings}
    child, port = start_edge(processes, programs, address, own, cores.server)
    base = f"127.0.0.1:{port}"
    return Server("tidegate", f"ws://{base}/ws", address, child, [broker], f"http://{base}/stats")


def start_nats(processes: Processes, programs: Programs, cores: Cores, settings: Mapping[str, object]) -> Server:
    publish, clients = processes.port(), processes.port()
    path = processes.folder / f"nats-{publish}.conf"
    path.write_text(filled("nats-server.conf", PUBLISH_PORT=publish, CLIENT_PORT=clients))
    child = processes.start("nats-server", [needed("nats-server", "nats-server"), "-c", path], cores=cores.server)
    child.wait_for_port(clients)
    return Server("nats", f"ws://127.0.0.1:{clients}", f"nats://127.0.0.1:{publish}", child)


def start_nchan(processes: Processes, programs: Programs, cores: Cores, settings: Mapping[str, object]) -> Server:
    port = processes.port()
    folder = processes.folder / f"nginx-{port}"
    folder.mkdir()
    values = {
        "MODULE": nchan_module(),
        # As root its worker would be nobody, to whom the folder is closed.
        "USER": f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else "",
        "CONNECTIONS": most_clients(),
        "FOLDER": folder,
        "PORT": port,
    }
    (folder / "nginx.conf").write_text(filled("nginx.conf", **values))
    command: list[str | Path] = [needed("nginx", "nginx-light"), "-p", folder, "-c", folder / "nginx.conf"]
    # On SIGTERM the master ends its worker, too.
    child = processes.start("nginx", command, cores=cores.server, death_signal=signal.SIGTERM)
    child.wait_for_port(port)
    base = f"127.0.0.1:{port}"
    return Server("nchan", f"ws://{base}/sub/{{stream}}", f"http://{base}/pub/{{stream}}", child)


def most_clients() -> int:
    """Of one server: a limit that a run reaches would be measured instead of the server."""
    return min(100_000, raise_descriptor_limit() - SPARE_DESCRIPTORS)


def filled(name: str, **values: object) -> str:
    return Template((PEERS / name).read_text()).safe_substitute(values)


def nchan_module() -> str | None:
    return next((path for path in NCHAN_MODULES if os.path.exists(path)), None)


Start = Callable[[Processes, Programs, Cores, Mapping[str, object]], Server]
STARTS: dict[str, Start] = {"tidegate": start_tidegate, "nats": start_nats, "nchan": start_nchan}


def missing(name: str) -> str | None:
    """What a contestant lacks, in words; None when it can be started."""
    if name == "nats" and not tool("nats-server"):
        return "nats-server is not installed: apt-get install nats-server"
    if name == "nchan" and not (tool("nginx") and nchan_module()):
        return "nchan is not installed: apt-get install nginx-light libnginx-mod-nchan (and stop the nginx service)"
    if name == "tidegate" and not (tool("nats-server") or tool("redis-server")):
        return "there is no broker: apt-get install nats-server"
    return None
