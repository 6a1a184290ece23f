#!/usr/bin/env python3
"""Usage: rollout.py BUILD      BUILD is the folder of the built programs; needs haproxy and redis-server

What a rollout in Kubernetes does, with the times of the manifests: three edge nodes behind HAProxy (deploy/haproxy.cfg) with 1,000
clients are replaced one after the other. A new one is ready before an old one is told to stop; preStop, DRAIN_DELAY, DRAIN_SECONDS and
terminationGracePeriodSeconds are those of k8s/base; the next goes when the one before has ended (minReadySeconds is longer). No
client misses or repeats a message, nobody is killed, and the new nodes have the clients.
"""

import asyncio
import json
import re
import resource
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

from deploy_tests.followers import Follower, following
from deploy_tests.manifests import container, overlay, template
from deploy_tests.repository import EDGE, ROOT, tool
from deploy_tests.watched import page

from nodes import Programs  # isort: skip
from processes import Process, Processes, Trouble, until  # isort: skip

NODES = 3
CLIENTS = 1_000
SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]
# Of all clients, what each of three new nodes has at least: a third would be even.
LEAST_SHARE = 0.2
DEADLINE = 175


class Rollout:
    """The cluster, and the times that the manifests give a node."""

    def __init__(self, processes: Processes, programs: Programs) -> None:
        self.processes = processes
        self.programs = programs
        workload = overlay("redis").programs()[EDGE]
        settings = overlay("redis").environment(workload)
        self.drain = {name: settings[name] for name in ("DRAIN_DELAY", "DRAIN_SECONDS")}
        self.prestop = float(container(workload)["lifecycle"]["preStop"]["exec"]["command"][1])
        self.grace = float(template(workload)["spec"]["terminationGracePeriodSeconds"])
        self.redis_port, self.exchange_port, self.front_port = (processes.ports.take() for _ in range(3))
        self.redis_url = f"redis://127.0.0.1:{self.redis_port}"
        self.key = secrets.token_hex(32)
        self.ports = [processes.ports.take() for _ in range(2 * NODES)]
        self.nodes: list[Process] = [self.node(port) for port in self.ports]

    def node(self, port: int) -> Process:
        settings = {"REDIS_URL": self.redis_url, "PORT": str(port), "RESUME_TOKEN_KEY": self.key, **self.drain}
        return self.processes.make(f"edge-{port}", [self.programs.path("edge-node")], settings)

    def haproxy(self) -> Process:
        """As deployed, but for the addresses: a place for each node that there will ever be."""
        text = (ROOT / "deploy/haproxy.cfg").read_text()
        text = text.replace("bind *:8000", f"bind 127.0.0.1:{self.front_port}")
        text = re.sub(r"^resolvers .*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)
        text = text.replace(" init-addr none resolvers docker", "")
        # Two files each; a machine for tests may not have as many as that of a gateway.
        text = re.sub(r"^ +maxconn \d+$", f"    maxconn {2 * CLIENTS}", text, flags=re.MULTILINE)
        servers = "\n".join(f"    server edge-{port} 127.0.0.1:{port}" for port in self.ports)
        text, places = re.subn(r"^ +server-template .*$", servers, text, flags=re.MULTILINE)
        assert places == 1, "deploy/haproxy.cfg has another form than this expects"
        path = self.processes.folder / "haproxy.cfg"
        path.write_text(text)
        return self.processes.make("haproxy", [tool("haproxy"), "-db", "-f", str(path)])

    async def start(self) -> None:
        simulator = [self.programs.path("tidegate"), "simulate", "--port", str(self.exchange_port)]
        ingestor = {
            "REDIS_URL": self.redis_url,
            "BYBIT_WS_URL": f"ws://127.0.0.1:{self.exchange_port}/v5/public/linear",
            "ADMIN_PORT": str(self.processes.ports.take()),
        }
        redis = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port), "--save", ""]
        for process in (
            self.processes.make("redis", redis),
            self.processes.make("simulator", [*simulator, "--symbols", str(len(SYMBOLS)), "--rate", "1"]),
            self.processes.make("ingestor", [self.programs.path("ingestor")], ingestor),
            self.haproxy(),
        ):
            process.start()
        for node, port in zip(self.nodes[:NODES], self.ports, strict=False):
            node.start()
            await self.is_ready(port)

    async def is_ready(self, port: int) -> None:
        async def answers() -> bool:
            return (await page(f"http://127.0.0.1:{port}/ready"))[0] == 200

        await until(answers, f"the node at {port} is ready", 30)

    async def clients(self, port: int) -> int:
        status, text = await page(f"http://127.0.0.1:{port}/stats")
        return int(json.loads(text)["connections"]["active_connections"]) if status == 200 else 0

    async def replace(self, number: int) -> float:
        """One step; answers how long the old node took from being told to its end."""
        old, new = self.nodes[number], self.nodes[number + NODES]
        new.start()
        await self.is_ready(self.ports[number + NODES])
        await asyncio.sleep(self.prestop)
        start = asyncio.get_running_loop().time()
        # Beyond this it would be killed.
        await old.stop(self.grace - self.prestop)
        return asyncio.get_running_loop().time() - start


async def script(build: Path, folder: Path) -> dict[str, object]:
    findings: list[str] = []
    counts: Counter[str] = Counter()
    with Processes(folder) as processes:
        rollout = Rollout(processes, Programs(build))
        try:
            await rollout.start()
            url = f"ws://127.0.0.1:{rollout.front_port}/ws"
            followers = [Follower(url, SYMBOLS[number % len(SYMBOLS)], findings, counts) for number in range(CLIENTS)]
            async with following(followers):
                await until(lambda: all(f.is_connected and f.messages for f in followers), "all clients are there", 30)
                seconds = [round(await rollout.replace(number), 1) for number in range(NODES)]
                await until(lambda: all(f.is_connected for f in followers), "all clients are back", 30)
                before = [follower.messages for follower in followers]
                await until(
                    lambda: all(f.messages > b for f, b in zip(followers, before, strict=True)), "all clients get messages", 20
                )
                shares = [await rollout.clients(port) for port in rollout.ports[NODES:]]
            if findings:
                raise Trouble(f"{len(findings)} findings:\n" + "\n".join(findings[:20]))
            told = counts["told to go"]
            assert told >= CLIENTS, f"only {told} were told to go: {counts}"
            assert sum(shares) == CLIENTS and min(shares) >= LEAST_SHARE * CLIENTS, f"the new nodes have {shares}"
            messages = sum(follower.messages for follower in followers)
            return {"messages": messages, "left_within": seconds, "new_nodes": shares, "counts": dict(counts)}
        except BaseException:
            print(counts, findings[:20], processes.tails(), file=sys.stderr)
            raise


def main() -> None:
    # HAProxy takes the limit from here, and has two for each client.
    wanted = 5 * CLIENTS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)), hard))
    with tempfile.TemporaryDirectory(prefix="tidegate-rollout-") as folder:
        result = asyncio.run(asyncio.wait_for(script(Path(sys.argv[1]), Path(folder)), DEADLINE))
        print(json.dumps({"ok": True, **result}))


if __name__ == "__main__":
    main()
