"""The processes of one gateway, as scenarios see them: where clients connect, who leads, and what can be broken."""

import secrets
import shutil
import sys
from pathlib import Path

from market import SYMBOLS
from nodes import Node, Programs, leads
from processes import Process, Processes, Trouble, page, until
from stores import nats_answers, redis_answers
from swallowing import SwallowingProxy

NATS, REDIS, STANDALONE = "nats", "redis", "standalone"
EDGES = 3

QUICK = {
    "BYBIT_RECONNECT_DELAY_INITIAL": "0.1",
    "BYBIT_RECONNECT_DELAY_MAX": "0.5",
    "DEMAND_LEASE": "6",
    "DRAIN_SECONDS": "3",
}
LEADER_LEASE = 3
HEARTBEAT_TIMEOUT = 4


class Gateway:
    """The simulator and `tidegate standalone`: what scenarios can be tried on without any broker."""

    def __init__(self, processes: Processes, programs: Programs, rate: float, seed: int) -> None:
        self.processes = processes
        self.programs = programs
        port = processes.ports.take()
        command = [programs.path("tidegate"), "simulate", "--port", str(port), "--symbols", str(SYMBOLS)]
        self.simulator = processes.make("simulator", [*command, "--rate", str(rate), "--seed", str(seed)])
        self.simulator_http = f"http://127.0.0.1:{port}"
        self.exchange = f"ws://127.0.0.1:{port}/v5/public/linear"
        self.edges: list[Node] = []

    @property
    def urls(self) -> list[str]:
        return [edge.clients for edge in self.edges]

    async def start(self) -> None:
        await self.start_simulator()
        port = self.processes.ports.take()
        command = [self.programs.path("tidegate"), "standalone", "--upstream", self.exchange, "--port", str(port)]
        process = self.processes.make("standalone", command, QUICK)
        self.edges = [Node(process, f"http://127.0.0.1:{port}")]
        process.start()
        await process.line("listening")

    async def start_simulator(self) -> None:
        self.simulator.start()
        await self.simulator.line("simulator listening")

    async def fault(self, name: str) -> None:
        status, answer = await page(f"{self.simulator_http}/faults/{name}", "POST")
        if status // 100 != 2:
            raise Trouble(f"the simulator refuses the fault {name}: {status} {answer}")


class Cluster(Gateway):
    """Two ingestors, three edge nodes, their broker and their history.

    All ours reach Redis by a name that can be made to lead elsewhere: through a forwarder. With NATS the history is a Redis of
    its own; otherwise one Redis is both. Redis keeps its data over a restart (AOF, each
    write at once), unless it is wiped.
    """

    def __init__(self, processes: Processes, programs: Programs, kind: str, rate: float, seed: int) -> None:
        super().__init__(processes, programs, rate, seed)
        self.kind = kind
        self.redis_port = processes.ports.take()
        self.redis = processes.make("redis", self.redis_command(self.redis_port))
        self.name_port = processes.ports.take()
        self.name_file = processes.folder / "redis-name"
        script = Path(__file__).with_name("forwarder.py")
        self.name = processes.make("redis-name", [sys.executable, str(script), str(self.name_port), str(self.name_file)])
        self.second_parts: tuple[Process, Node, Node] | None = None
        self.readers = 0
        self.broker = self.redis
        self.nats_port = 0
        if kind == NATS:
            self.nats_port = processes.ports.take()
            self.broker = processes.make("nats", ["nats-server", "-a", "127.0.0.1", "-p", str(self.nats_port)])
        self.environment = {**QUICK, **self.stores(), "RESUME_TOKEN_KEY": secrets.token_hex(32)}
        self.ingestors = [self.make_ingestor(f"ingestor-{name}") for name in ("a", "b")]
        # Each node reaches its broker through a proxy of its own.
        broker_port = self.nats_port if kind == NATS else self.name_port
        self.proxies = [SwallowingProxy(kind == NATS, processes.ports.take(), broker_port) for _ in range(EDGES)]
        self.edges = [
            self.make_edge(f"edge-{number}", self.behind(proxy)) for number, proxy in enumerate(self.proxies, start=1)
        ]

    def redis_command(self, port: int, *more: str) -> list[str]:
        folder = self.processes.folder / f"redis-{port}"
        folder.mkdir()
        keep = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir", str(folder)]
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(port), *keep, *more]

    def lead_to(self, redis: Process, port: int) -> None:
        """The name of Redis leads there from now on."""
        if self.broker is self.redis:
            self.broker = redis
        self.redis, self.redis_port = redis, port
        self.name_file.write_text(str(port))

    def second(self) -> tuple[Process, Node, Node]:
        """A simulator, an ingestor and an edge node of another gateway on the same servers; they do not run."""
        if self.second_parts is None:
            port = self.processes.ports.take()
            command = [self.programs.path("tidegate"), "simulate", "--port", str(port), "--symbols", str(SYMBOLS)]
            simulator = self.processes.make("second-simulator", [*command, "--rate", "5", "--seed", "99"])
            more = {"BYBIT_WS_URL": f"ws://127.0.0.1:{port}/v5/public/linear"}
            redis = f"redis://127.0.0.1:{self.name_port}/1"
            if self.kind == NATS:
                more |= {"HISTORY_URL": redis, "BRAND": "second"}
            else:
                more |= {"REDIS_URL": redis}
            self.second_parts = simulator, self.make_ingestor("second-ingestor", more), self.make_edge("second-edge", more)
        return self.second_parts

    def second_reader(self, edge: Node) -> Process:
        """A client of the second gateway, which ends when it has enough."""
        command = [self.programs.path("tidegate"), "subscribe", "ticker:BTCUSDT", "trade:BTCUSDT", "depth:BTCUSDT"]
        self.readers += 1
        return self.processes.make(f"second-reader-{self.readers}", [*command, "--url", edge.clients, "--count", "60"])

    def stores(self) -> dict[str, str]:
        redis = f"redis://127.0.0.1:{self.name_port}"
        if self.kind == NATS:
            return {"BROKER_URL": f"nats://127.0.0.1:{self.nats_port}", "HISTORY_URL": redis}
        return {"REDIS_URL": redis}

    def behind(self, proxy: SwallowingProxy) -> dict[str, str]:
        if self.kind == NATS:
            return {"BROKER_URL": f"nats://127.0.0.1:{proxy.port}"}
        return {"REDIS_URL": f"redis://127.0.0.1:{proxy.port}"}

    def make_ingestor(self, name: str, more: dict[str, str] | None = None) -> Node:
        port = self.processes.ports.take()
        own = {"ADMIN_PORT": str(port), "BYBIT_WS_URL": self.exchange, "LEADER_LEASE": str(LEADER_LEASE)}
        environment = self.only_known("ingestor", {**self.environment, **own, **(more or {})})
        process = self.processes.make(name, [self.programs.path("ingestor")], environment)
        return Node(process, f"http://127.0.0.1:{port}")

    def make_edge(self, name: str, more: dict[str, str] | None = None) -> Node:
        port = self.processes.ports.take()
        own = {"PORT": str(port), "HEARTBEAT_TIMEOUT": str(HEARTBEAT_TIMEOUT)}
        environment = self.only_known("edge-node", {**self.environment, **own, **(more or {})})
        process = self.processes.make(name, [self.programs.path("edge-node")], environment)
        return Node(process, f"http://127.0.0.1:{port}")

    @staticmethod
    def only_known(program: str, environment: dict[str, str]) -> dict[str, str]:
        """Without what is of no use to the program."""
        foreign = ("DRAIN_SECONDS", "RESUME_TOKEN_KEY") if program == "ingestor" else ("BYBIT_",)
        return {key: value for key, value in environment.items() if not key.startswith(foreign)}

    # Starting

    async def start(self) -> None:
        """The first ingestor leads, the second stands by."""
        await self.start_simulator()
        await self.start_stores()
        first, second = self.ingestors
        first.process.start()
        await until(lambda: self.is_leader(first), f"{first.process.name} leads", 20)
        second.process.start()
        for proxy in self.proxies:
            await proxy.start()
        for edge in self.edges:
            edge.process.start()
        for edge in self.edges:
            await until(edge.is_ready, f"{edge.process.name} is ready", 20)
        await self.standby_is_up(second)

    async def start_stores(self) -> None:
        self.name_file.write_text(str(self.redis_port))
        self.name.start()
        await self.name.line("forwarding")
        await self.start_redis()
        if self.kind == NATS:
            await self.start_broker()

    async def start_redis(self) -> None:
        self.redis.start()
        await until(lambda: redis_answers(self.redis_port), "Redis answers")

    async def start_broker(self) -> None:
        if self.kind != NATS:
            return await self.start_redis()
        self.broker.start()
        await until(lambda: nats_answers(self.nats_port), "NATS answers")

    def wipe(self) -> None:
        """What Redis kept on disk is gone; it must not run."""
        folder = self.processes.folder / f"redis-{self.redis_port}"
        shutil.rmtree(folder)
        folder.mkdir()

    # Who leads

    async def is_leader(self, node: Node) -> bool:
        if not node.process.is_running:
            if node.process.is_ended_by_us:
                return False
            raise Trouble(f"{node.process.name} has ended:\n{node.process.tail()}")
        status, stats = await node.page("/stats")
        return status == 200 and leads(stats)

    async def leader(self, limit: float = 20) -> Node:
        """The one that leads, as soon as there is exactly one."""
        found: list[Node] = []

        async def is_one() -> bool:
            running = [node for node in self.ingestors if node.process.is_running]
            found[:] = [node for node in running if await self.is_leader(node)]
            return len(found) == 1

        await until(is_one, "exactly one ingestor leads", limit)
        return found[0]

    def other(self, node: Node) -> Node:
        return self.ingestors[1 - self.ingestors.index(node)]

    async def standby_is_up(self, node: Node) -> None:
        """It answers, and does not lead."""

        async def answers() -> bool:
            status, stats = await node.page("/stats")
            return status == 200 and not leads(stats)

        await until(answers, f"{node.process.name} stands by", 15)
