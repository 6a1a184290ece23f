#!/usr/bin/env python3
"""Usage: checker_test.py TIDEGATE      Shows that the checker finds what it is there to find, and nothing else.

A fake gateway reads from the simulator (of the executable TIDEGATE) and breaks one promise after the other; for each the
checker must say so, by its name. A fake that keeps all promises must pass, also where nodes die, leaders change and the
exchange drops its connections.
"""

import asyncio
import json
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import findings as kinds
from checker import Checker
from fake import FakeGateway
from findings import NOTHING, Allowance
from market import SYMBOLS
from processes import Processes, page, until

CLIENTS = 20
AT_ONCE = 6

GAPS = Allowance(event_gaps=frozenset({"upstream"}), state_gaps=frozenset({"edge"}))
EDGE_AWAY = Allowance(disconnects=True)
UNRECOVERED = Allowance(unrecovered=True)


class Trial:
    """One fake gateway with its checker."""

    def __init__(self, gateway: FakeGateway, checker: Checker, simulator: str) -> None:
        self.gateway = gateway
        self.checker = checker
        self.simulator = simulator

    async def wait(self) -> None:
        """Until the mischief is done, which for candles takes a while, and clients had time to see it."""
        if self.gateway.mischief:
            await until(lambda: self.gateway.done > 0, "the mischief is done", 10)
        await asyncio.sleep(0.3)

    async def kill_node(self) -> None:
        """One node is gone for a while, with its clients' connections."""
        node = self.gateway.nodes[0]
        await node.kill()
        await until(lambda: not self.checker.absent(), "all clients are back", 10)
        await node.start()

    async def leave(self) -> None:
        node = self.gateway.nodes[0]
        await node.leave()
        await until(lambda: not self.checker.absent(), "all clients are back", 10)
        await node.start()

    async def fail_over(self) -> None:
        self.gateway.fail_over()
        await asyncio.sleep(1)

    async def drop(self) -> None:
        """The exchange's connections, those of the other trials among them."""
        status, _ = await page(f"{self.simulator}/faults/drop", "POST")
        assert status // 100 == 2
        await asyncio.sleep(0.5)


Act = Callable[[Trial], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """`mischief` must be found as `kind`; None where nothing may be found."""

    mischief: str
    kind: str | None
    act: Act = Trial.wait
    allowance: Allowance = NOTHING


CASES = [
    Case("", None),
    Case("", None, Trial.kill_node, EDGE_AWAY),
    Case("", None, Trial.leave, EDGE_AWAY),
    Case("", None, Trial.fail_over, GAPS),
    Case("dropped", kinds.MISSING),
    Case("repeated", kinds.REPEATED),
    Case("reordered", kinds.MISSING),
    Case("differs for one", kinds.DISAGREEMENT),
    Case("book differs for one", kinds.DISAGREEMENT),
    Case("ticker altered", kinds.NOT_THE_EXCHANGE),
    Case("kline altered", kinds.NOT_THE_EXCHANGE),
    Case("trade altered", kinds.NOT_THE_EXCHANGE),
    Case("depth altered", kinds.NOT_THE_EXCHANGE),
    Case("trade twice", kinds.TRADE_TWICE),
    Case("trade lost", kinds.TRADE_LOST),
    Case("epoch falls", kinds.EPOCH),
    Case("no epoch in a snapshot", kinds.EPOCH),
    Case("unasked", kinds.UNASKED),
    Case("silent", kinds.SILENT),
    Case("closed", kinds.DISCONNECTED),
    Case("gap without a reason", kinds.UNEXPLAINED_GAP),
    Case("gap that does not fit", kinds.BAD_GAP, Trial.wait, GAPS),
    Case("update after a gap", kinds.NO_SNAPSHOT, Trial.wait, GAPS),
    Case("never a snapshot", kinds.NO_SNAPSHOT, Trial.wait, GAPS),
    Case("", kinds.DISCONNECTED, Trial.kill_node),
    Case("", kinds.UNEXPLAINED_GAP, Trial.fail_over),
    Case("data before the reply", kinds.UNASKED, Trial.kill_node, EDGE_AWAY),
    Case("hole in the replay", kinds.MISSING, Trial.kill_node, EDGE_AWAY),
    Case("replay repeats", kinds.REPEATED, Trial.kill_node, EDGE_AWAY),
    Case("ahead of its snapshot", kinds.BAD_REPLY, Trial.kill_node, EDGE_AWAY | UNRECOVERED),
    Case("ahead of its replay", kinds.BAD_REPLY, Trial.kill_node, EDGE_AWAY),
    Case("unrecovered", kinds.UNRECOVERED, Trial.kill_node, EDGE_AWAY),
    Case("no farewell", kinds.NO_FAREWELL, Trial.leave, EDGE_AWAY),
]
# Alone, since the exchange is everybody's.
DROP = Case("", None, Trial.drop, GAPS)


async def run(case: Case, simulator: str, processes: Processes) -> str | None:
    """What is wrong with the checker, or None."""
    exchange = simulator.replace("http", "ws") + "/v5/public/linear"
    gateway = FakeGateway(exchange, [processes.ports.take() for _ in range(3)], case.mischief)
    checker = Checker(gateway.urls, exchange, seed=len(case.mischief), clients=CLIENTS)
    checker.settle_wait = 6
    checker.snapshot_wait = 2
    await gateway.start()
    try:
        await checker.start()
        await checker.settle()
        if checker.findings:
            return f"before the mischief: {checker.findings.report()}"
        checker.begin(case.allowance)
        gateway.armed = True
        await case.act(Trial(gateway, checker, simulator))
        await checker.settle()
        checker.ledger.audit_trades()
        return judge(case, gateway, checker)
    finally:
        await checker.stop()
        await gateway.stop()


def judge(case: Case, gateway: FakeGateway, checker: Checker) -> str | None:
    if case.mischief and not gateway.done:
        return "the mischief was not done"
    if case.kind is None:
        return checker.findings.report() if checker.findings else None
    if not checker.findings.counts[case.kind]:
        return f"must be found as {case.kind!r}, was found as: {checker.findings.report()}"
    return None


async def run_all(tidegate: str) -> list[str]:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, Processes(Path(folder)) as processes:
        port = processes.ports.take()
        command = [str(Path(tidegate).resolve()), "simulate", "--port", str(port), "--symbols", str(SYMBOLS)]
        simulator = processes.make("simulator", [*command, "--rate", "4"])
        simulator.start()
        await simulator.line("simulator listening")
        lanes = asyncio.Semaphore(AT_ONCE)

        async def one(case: Case) -> None:
            async with lanes:
                try:
                    problem = await run(case, f"http://127.0.0.1:{port}", processes)
                except Exception:
                    problem = traceback.format_exc()
            name = f"{case.mischief or 'honest'} / {case.act.__name__}"
            print(f"{'wrong' if problem else 'right'}: {name}: {case.kind or 'nothing'}", flush=True)
            if problem:
                wrong.append(f"{name}: {problem}")

        await asyncio.gather(*map(one, CASES))
        await one(DROP)
    return wrong


def main() -> None:
    wrong = asyncio.run(run_all(sys.argv[1]))
    for problem in wrong:
        print(problem)
    print(json.dumps({"ok": not wrong, "cases": len(CASES) + 1, "error": "; ".join(wrong)[:300]}))
    sys.exit(1 if wrong else 0)


main()
