"""README.md, docs/quickstart.md and docs/protocol.md: a gateway as they start it, and their clients and tools at it."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from contextlib import ExitStack

from documents import ROOT, Page, fail
from processes import lines, run, running, wait_for_port, wait_until_free

TIDEGATE = ".build/release/tidegate"
SUBSCRIBE = f"{TIDEGATE} subscribe ticker:BTCUSDT trade:BTCUSDT --count 5\n"
TOOLS = f"{TIDEGATE} simulate --port 9443\n"
# How these blocks begin.
FIRST_CLIENT, CHECKING, RESUMING = "import json\n\nfrom", "import asyncio\nimport json\n\nimport websockets", "import asyncio"
JAVASCRIPT, FAULT = "// Needs a browser, or Node 22", "curl -X POST "
README = Page("README.md", "make run\n", "make test\n", FIRST_CLIENT)
QUICKSTART = Page("docs/quickstart.md", "make run\n", SUBSCRIBE, CHECKING, JAVASCRIPT, "make build\n", TOOLS, FAULT)
PROTOCOL = Page("docs/protocol.md", RESUMING)
PAGES = [README, QUICKSTART, PROTOCOL]
# The pages name them.
PORTS = (6400, 8000, 8001, 8002, 9000, 9001, 9443)
BUILD_SECONDS = 1800


def check_python(client: str, count: int, awaited: str) -> None:
    with running([sys.executable, "-u", "-c", client], subprocess.DEVNULL) as process:
        if not any(re.search(awaited, line) for line in lines(process, count)):
            fail(f"a client printed no '{awaited}' in {count} lines:\n{client}")


def check_javascript() -> None:
    client, node = QUICKSTART.take(JAVASCRIPT), shutil.which("node")
    version = int(re.match(r"v(\d+)", run("node --version")).group(1)) if node else 0
    if version < 20:
        print("check_docs: the JavaScript client was not run: it needs Node 22")
        return
    flags = ["--experimental-websocket"] if version < 22 else []
    with running([node, *flags, "-e", client], subprocess.DEVNULL) as process:
        if not any("tidegate.futures.ticker.BTCUSDT" in line for line in lines(process, 30)):
            fail("the JavaScript client printed no ticker")


def check_clients() -> None:
    """At the gateway of `make run`."""
    if json.load(urllib.request.urlopen("http://127.0.0.1:8000/ready")) != {"ok": True}:
        fail("/ready does not say ok")
    if len(run(QUICKSTART.take(SUBSCRIBE)).splitlines()) != 5:
        fail("subscribe --count 5 did not print 5 lines")
    check_python(README.take(FIRST_CLIENT), 5, r"^[\d.]+$")
    check_python(QUICKSTART.take(CHECKING), 6, r"tidegate\.futures\.ticker\.BTCUSDT")
    check_python(PROTOCOL.take(RESUMING), 20, r"trade\.BTCUSDT")
    check_javascript()


def check_tools(standalone: str, subscribe: str) -> None:
    """With the simulator running, which is the first of the tools."""
    with running(f"exec {standalone}") as gateway:
        wait_for_port(8000, gateway, 20)
        with running(f"exec {subscribe}") as follower:
            for line in lines(follower, 3):
                json.loads(line)
            if json.loads(run(QUICKSTART.take(FAULT))) != {"ok": True}:
                fail("the fault could not be asked for")
            lines(follower, 50)


def check_cluster(commands: list[str], subscribe: str) -> None:
    """With the simulator running. Each command is one of a terminal of its own; where it listens shows that it is up."""
    with ExitStack() as stack:
        for command in commands:
            variables = re.match(r"(?:[A-Z_]+=\S+ )*", command)[0]
            port = re.search(r"(?:\bADMIN_PORT=|\bPORT=|--port )(\d+)", command)
            process = stack.enter_context(running(f"{variables}exec {command.removeprefix(variables)}"))
            # An ingestor that is told nothing has its pages on 9000.
            wait_for_port(int(port[1]) if port else 9000, process, 20)
        if len(run(subscribe).splitlines()) != 5:
            fail("subscribe at a node of the cluster did not print 5 lines")


def run_pages() -> None:
    if README.take("make test\n").strip() not in (ROOT / ".ci/run").read_text():
        fail("nobody runs what README.md tells: `make test` is run beside this")
    start = README.take("make run\n").strip()
    if start != QUICKSTART.take("make run\n").strip():
        fail("README.md and docs/quickstart.md start a gateway in two ways, of which one is run here")
    build, redis, simulate, *members, subscribe = QUICKSTART.take("make build\n").splitlines()
    tools = QUICKSTART.take(TOOLS).splitlines()
    if tools[0] != simulate or len(tools) != 3:
        fail(f"the tools are not the simulator, standalone and subscribe: {tools}")
    wait_until_free(*PORTS)
    with running(start) as gateway:
        wait_for_port(8000, gateway, BUILD_SECONDS)
        check_clients()
    run(build, BUILD_SECONDS)
    with running(f"exec {simulate}") as simulator:
        wait_for_port(9443, simulator, 20)
        check_tools(*tools[1:])
        check_cluster([redis, *members], subscribe)
