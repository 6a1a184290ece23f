"""Processes that are given what can't work: one clear line and an end, or a life in which they say what is missing and
recover by themselves."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

from checker import Row
from nodes import Node
from processes import Process, Trouble, until
from stores import Redis, nats_answers, redis_answers
from topology import NATS, REDIS, Cluster

WRONG_PASSWORD = "not-the-password-1f6b"
RIGHT_PASSWORD = "the-password-77c2"

# Addresses that no process can do anything with.
WRONG_ADDRESSES = ["http://127.0.0.1:4222", "127.0.0.1:6379", "nats://", "redis://127.0.0.1:port", "redis://127.0.0.1:99999"]


class Checks:
    """Runs one check after the other beside a cluster, whose processes it only borrows the makers of."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.count = 0

    def pair(self, stores: dict[str, str]) -> list[Node]:
        """An ingestor and a node of their own, not started, with these stores."""
        self.count += 1
        cluster = self.cluster
        keep = cluster.environment
        others = {key: value for key, value in keep.items() if key not in ("BROKER_URL", "HISTORY_URL", "REDIS_URL")}
        try:
            cluster.environment = {**others, **stores}
            return [
                cluster.make_ingestor(f"bad-{self.count}-ingestor"),
                cluster.make_edge(f"bad-{self.count}-edge"),
            ]
        finally:
            cluster.environment = keep

    def stores(self, port: int, password: str | None = None) -> dict[str, str]:
        """A broker of the cluster's kind at `port`."""
        if self.cluster.kind == NATS:
            redis = f"redis://127.0.0.1:{self.cluster.redis_port}"
            return {"BROKER_URL": f"nats://127.0.0.1:{port}", "HISTORY_URL": redis, "BRAND": "stranger"}
        user = f":{password}@" if password else ""
        return {"REDIS_URL": f"redis://{user}127.0.0.1:{port}"}

    async def wrong_addresses(self) -> str:
        for address in WRONG_ADDRESSES:
            for node in self.pair({"BROKER_URL": address, "HISTORY_URL": f"redis://127.0.0.1:{self.cluster.redis_port}"}):
                await refuses_to_start(node.process, "BROKER_URL")
        return f"{len(WRONG_ADDRESSES)} addresses"

    async def wrong_password(self) -> str:
        port = self.cluster.processes.ports.take()
        command = self.cluster.redis_command(port, "--requirepass", RIGHT_PASSWORD)
        server = self.cluster.processes.make(f"bad-redis-{port}", command)
        server.start()
        await until(lambda: redis_answers(port), "Redis answers")
        password_url = f"redis://:{WRONG_PASSWORD}@127.0.0.1:{port}"
        nodes = self.pair({"REDIS_URL": password_url})
        for node in nodes:
            node.process.start()
        for node in nodes:
            await until(partial(says_password, node.process), f"{node.process.name} says what is wrong", 10)
            assert WRONG_PASSWORD not in node.process.text(), f"{node.process.name} tells the password:\n{node.process.tail()}"
            await ends_or_is_unhealthy(node)
        if all(node.process.is_running for node in nodes):
            client = await Redis.open(port, RIGHT_PASSWORD)
            await client.call("CONFIG", "SET", "requirepass", WRONG_PASSWORD)
            client.close()
            await recover(nodes)
        await end_all([*(node.process for node in nodes), server])
        return "told, and the password is in no log"

    async def unreachable(self) -> str:
        """The server starts after the processes."""
        port = self.cluster.processes.ports.take()
        nodes = self.pair(self.stores(port))
        for node in nodes:
            node.process.start()
        for node in nodes:
            what = f"{node.process.name} is unhealthy, naming the broker"
            await until(partial(blames_a_store, node), what, 15)
        if self.cluster.kind == NATS:
            command = ["nats-server", "-a", "127.0.0.1", "-p", str(port)]
        else:
            command = self.cluster.redis_command(port)
        server = self.cluster.processes.make(f"late-broker-{port}", command)
        server.start()
        answers = nats_answers if self.cluster.kind == NATS else redis_answers
        await until(lambda: answers(port), "the late broker answers")
        seconds = await recover(nodes)
        await end_all([*(node.process for node in nodes), server])
        return f"healthy {seconds:.1f} s after the broker came up"


async def refuses_to_start(process: Process, setting: str) -> None:
    """One line that names the setting, and a status that is not 0."""
    process.start()
    status = await process.ended(10)
    lines = [line for line in process.text().splitlines() if line.strip()]
    if status == 0 or len(lines) != 1 or setting not in lines[0]:
        value = process.environment[setting]
        raise Trouble(f"{process.name} with {setting}={value} ended with {status} and these lines:\n{process.text()}")


def says_password(process: Process) -> bool:
    text = process.text().lower()
    return any(word in text for word in ("password", "wrongpass", "noauth", "auth"))


async def ends_or_is_unhealthy(node: Node) -> None:
    """Either is honest; to seem well is not."""

    async def is_so() -> bool:
        if not node.process.is_running:
            return True
        return (await node.page("/health"))[0] == 503

    await until(is_so, f"{node.process.name} ends or is unhealthy", 10)
    if not node.process.is_running and node.process.child and node.process.child.returncode == 0:
        raise Trouble(f"{node.process.name} ended with 0 though it could not log in")


async def blames_a_store(node: Node) -> bool:
    """503, with a part that is not connected, other than the exchange."""
    if not node.process.is_running:
        raise Trouble(f"{node.process.name} ended:\n{node.process.tail()}")
    status, health = await node.page("/health")
    told = [str(value).lower() for part, value in health.items() if part != "upstream"]
    return status == 503 and any("disconnected" in word or "unreachable" in word for word in told)


async def recover(nodes: list[Node]) -> float:
    start = time.monotonic()

    async def are_healthy() -> bool:
        return all([(await node.page("/health"))[0] == 200 for node in nodes])

    await until(are_healthy, f"{' and '.join(node.process.name for node in nodes)} are healthy", 20)
    return time.monotonic() - start


async def end_all(processes: list[Process]) -> None:
    for process in processes:
        if process.is_running:
            await process.kill()


async def run_checks(cluster: Cluster) -> list[Row]:
    """Rows for the table. The password is Redis's; NATS has its own way of telling."""
    checks = Checks(cluster)
    wanted: list[tuple[str, Callable[[], Awaitable[str]]]] = [
        ("wrong addresses", checks.wrong_addresses),
        ("broker down at start", checks.unreachable),
    ]
    if cluster.kind == REDIS:
        wanted.append(("wrong password", checks.wrong_password))
    rows: list[Row] = []
    for name, check in wanted:
        start = time.monotonic()
        note = await asyncio.wait_for(check(), 60)
        rows.append(Row(name, time.monotonic() - start, 0, 0, 0, 0, 0, 0.0, note))
    return rows
