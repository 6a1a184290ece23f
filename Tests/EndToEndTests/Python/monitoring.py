#!/usr/bin/env python3
"""Usage: monitoring.py BUILD      BUILD is the folder of the built programs

Needs prometheus, prometheus-alertmanager and redis-server, which scripts/bootstrap installs.

A cluster under load, and a real Prometheus that watches it. Of what the programs tell nothing is missing that the documents name, and
nothing is there that they do not name; each query of each dashboard has data. Then both ingestors are killed: the alerts fire and
arrive at Alertmanager, which leaves out what follows from the first; when an ingestor is back they end.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from deploy_tests.dashboards_test import filled, queries
from deploy_tests.load import load
from deploy_tests.repository import metrics
from deploy_tests.watched import GATEWAY, Watched, page

from nodes import Programs  # isort: skip
from processes import Processes, Trouble, until  # isort: skip

VALUES = {"$__rate_interval": "10s", "$__interval": "10s", "$__range": "1m", "$namespace": GATEWAY, "$instance": ".*"}
DATA_WITHIN = 60
# TidegateNoLeader waits for a minute, TidegateIngestorSilent for a heartbeat that is 10 s old and then 50 s.
FIRES_WITHIN = 110
EXPECTED = {"TidegateIngestorSilent": "suppressed", "TidegateNoLeader": "active"}
DEADLINE = 240


async def pages_ask_for_the_token(watched: Watched) -> None:
    for name in (*watched.ingestors, *watched.edges):
        url = watched.admin(name, "/metrics")
        assert (await page(url))[0] == 401, f"{name} gives /metrics to everybody"
        assert (await page(url, watched.token))[0] == 200, name
        assert (await page(watched.admin(name, "/live")))[0] == 200, name
    clients = watched.urls[0].replace("ws://", "http://").removesuffix("/ws")
    assert (await page(clients + "/metrics"))[0] == 404, "/metrics is on the clients' port although ADMIN_PORT is set"


async def metrics_are_those_of_the_documents(watched: Watched) -> int:
    told: dict[str, str] = {}
    for name in (*watched.ingestors, *watched.edges):
        _, text = await page(watched.admin(name, "/metrics"), watched.token)
        for family in text_string_to_metric_families(text):
            told[family.name + ("_total" if family.type == "counter" else "")] = family.type
    documented = {metric.name: metric.kind for metric in metrics().values()}
    missing, unknown = set(documented) - set(told), set(told) - set(documented)
    assert not missing, f"no program tells {sorted(missing)}"
    assert not unknown, f"no document names {sorted(unknown)}"
    wrong = {name: kind for name, kind in told.items() if kind != documented[name]}
    assert not wrong, f"of another kind than documented: {wrong}"
    return len(told)


async def panels_have_data(watched: Watched) -> int:
    waiting = {(name, panel, filled(expression, VALUES)) for name, panel, expression in queries()}
    count = len(waiting)

    async def all_have() -> bool:
        end = time.time()
        for query in list(waiting):
            answer = await watched.ask("query_range", query=query[2], start=end - 50, end=end, step=1)
            if any(value != "NaN" for series in answer["result"] for _, value in series["values"]):
                waiting.discard(query)
        return not waiting

    try:
        await until(all_have, "each panel has data", DATA_WITHIN)
    except Trouble as trouble:
        lines = [f"{name}: {panel}: {expression}" for name, panel, expression in sorted(waiting)]
        raise Trouble(f"{trouble}; without data:\n" + "\n".join(lines)) from None
    return count


async def alerts_follow_the_ingestors(watched: Watched) -> dict[str, float]:
    pages = {name for name, severity in (await watched.firing()).items() if severity == "page"}
    assert not pages, f"fires although all is well: {pages}"
    for process in watched.ingestors.values():
        await process.kill()

    async def have_arrived() -> bool:
        arrived = await watched.arrived()
        return all(arrived.get(name) == state for name, state in EXPECTED.items())

    fired = await until(have_arrived, f"Alertmanager has {EXPECTED}", FIRES_WITHIN)
    back = next(iter(watched.ingestors.values()))
    back.start()

    async def are_over() -> bool:
        assert back.is_running, f"{back.name} has ended:\n{back.tail()}"
        return not set(EXPECTED) & set(await watched.firing())

    over = await until(are_over, f"{back.name} leads, and the alerts end", FIRES_WITHIN)
    return {"fired_after": round(fired, 1), "over_after": round(over, 1)}


async def script(build: Path, folder: Path) -> dict[str, object]:
    with Processes(folder) as processes:
        watched = Watched(processes, Programs(build))
        try:
            await watched.start()
            async with load(watched):
                await pages_ask_for_the_token(watched)
                panels = await panels_have_data(watched)
                families = await metrics_are_those_of_the_documents(watched)
            return {"panels": panels, "families": families, **await alerts_follow_the_ingestors(watched)}
        except BaseException:
            print(processes.tails(), file=sys.stderr)
            raise


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tidegate-monitoring-") as folder:
        print(json.dumps({"ok": True, **asyncio.run(asyncio.wait_for(script(Path(sys.argv[1]), Path(folder)), DEADLINE))}))


if __name__ == "__main__":
    main()
