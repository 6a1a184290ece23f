#!/usr/bin/env python3
"""Runs every command and every example of README.md as it is pasted. Run it from the repository, with the tests' Python:
.build/venv/bin/python scripts/check-readme.py

Uses the ports that the README names (6400, 8000 to 8002, 9000, 9001, 9443); fails with one line when something does not do what the README says.
`make test` is the only command that it leaves out: CI runs it beside this.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDEGATE = ".build/release/tidegate"
EXCHANGE = "BYBIT_WS_URL=ws://127.0.0.1:9443/v5/public/linear"
REDIS = "REDIS_URL=redis://127.0.0.1:6400"
# In the order in which they are started, each with the port that shows that it is up; the simulator runs already.
CLUSTER = {
    'redis-server --port 6400 --save ""': 6400,
    f"{REDIS} {EXCHANGE} .build/release/ingestor": 9000,
    f"{REDIS} {EXCHANGE} ADMIN_PORT=9001 .build/release/ingestor": 9001,
    f"{REDIS} RESUME_TOKEN_KEY=0123456789abcdef PORT=8001 .build/release/edge-node": 8001,
    f"{REDIS} RESUME_TOKEN_KEY=0123456789abcdef PORT=8002 .build/release/edge-node": 8002,
}
SUBSCRIBE_AT_CLUSTER = f"{TIDEGATE} subscribe ticker:BTCUSDT --url ws://127.0.0.1:8002/ws --count 5"
# What the README tells to run; a new command has to be added here, and so be run.
COMMANDS = {
    "make run",
    "make test",
    "make bench",
    f"{TIDEGATE} subscribe ticker:BTCUSDT trade:BTCUSDT --count 5",
    f"{TIDEGATE} simulate --port 9443",
    f"{TIDEGATE} standalone --upstream ws://127.0.0.1:9443/v5/public/linear",
    f"{TIDEGATE} subscribe depth:BTCUSDT --json",
    "make build",
    *CLUSTER,
    SUBSCRIBE_AT_CLUSTER,
}
FAULT = "curl -X POST http://127.0.0.1:9443/faults/drop"
BUILD_SECONDS = 1800


def fail(reason: str) -> None:
    sys.exit(f"check-readme: {reason}")


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@contextmanager
def running(command: str | list[str], stderr: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process group that is ended as Ctrl-C ends it."""
    process = subprocess.Popen(
        command,
        shell=isinstance(command, str),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
        # Whoever runs this in the background has SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        try:
            subprocess.os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=20)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            subprocess.os.killpg(process.pid, signal.SIGKILL)
            fail(f"{command}: did not end on SIGINT")


def wait_for_port(port: int, process: subprocess.Popen[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            fail(f"{process.args}: ended with {process.returncode} before it listened on {port}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    fail(f"{process.args}: does not listen on {port} after {seconds} s")


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout
    found = []
    for line in process.stdout:
        found.append(line.rstrip("\n"))
        if len(found) == count:
            return found
    fail(f"{process.args}: ended after {len(found)} of {count} lines")
    return found


def run(command: str, seconds: float = 300) -> str:
    result = subprocess.run(command, shell=True, cwd=ROOT, text=True, stdout=subprocess.PIPE, timeout=seconds)
    if result.returncode != 0:
        fail(f"{command}: status {result.returncode}")
    return result.stdout


def check_clients() -> None:
    with running([sys.executable, "-u", "-c", blocks("python")[0]], subprocess.DEVNULL) as client:
        if not any("tidegate.futures.ticker.BTCUSDT" in line for line in lines(client, 6)):
            fail("the Python client printed no ticker")
    node = shutil.which("node")
    version = int(re.match(r"v(\d+)", run("node --version")).group(1)) if node else 0
    if version < 20:
        print("check-readme: the JavaScript client was not run: it needs Node 22")
        return
    flags = ["--experimental-websocket"] if version < 22 else []
    with running([node, *flags, "-e", blocks("js")[0]], subprocess.DEVNULL) as client:
        if not any("tidegate.futures.ticker.BTCUSDT" in line for line in lines(client, 30)):
            fail("the JavaScript client printed no ticker")


def check_resume() -> None:
    with running([sys.executable, "-u", "-c", blocks("python")[1]], subprocess.DEVNULL) as client:
        if not any("trade.BTCUSDT" in line for line in lines(client, 20)):
            fail("the Python client that resumes printed no trade")


def check_cluster() -> None:
    """With the simulator running."""
    with ExitStack() as stack:
        for command, port in CLUSTER.items():
            variables = [word for word in command.split(" ") if "=" in word and not word.startswith("-")]
            program = command.removeprefix(" ".join(variables)).strip()
            wait_for_port(port, stack.enter_context(running(f"{' '.join(variables)} exec {program}")), 20)
        if len(run(SUBSCRIBE_AT_CLUSTER).splitlines()) != 5:
            fail("subscribe at a node of the cluster did not print 5 lines")


def main() -> None:
    told = {line for block in blocks("sh") for line in block.splitlines() if line.strip()}
    if told != COMMANDS:
        fail(f"the README's commands and those that are run here differ: {sorted(told ^ COMMANDS)}")
    for example in blocks("json"):
        json.loads(example)
    with running("make run") as gateway:
        wait_for_port(8000, gateway, BUILD_SECONDS)
        if json.load(urllib.request.urlopen("http://127.0.0.1:8000/ready")) != {"ok": True}:
            fail("/ready does not say ok")
        if len(run(f"{TIDEGATE} subscribe ticker:BTCUSDT trade:BTCUSDT --count 5").splitlines()) != 5:
            fail("subscribe --count 5 did not print 5 lines")
        check_clients()
        check_resume()
    run("make build", BUILD_SECONDS)
    with running(f"exec {TIDEGATE} simulate --port 9443") as simulator:
        wait_for_port(9443, simulator, 20)
        with running(f"exec {TIDEGATE} standalone --upstream ws://127.0.0.1:9443/v5/public/linear") as gateway:
            wait_for_port(8000, gateway, 20)
            with running(f"exec {TIDEGATE} subscribe depth:BTCUSDT --json") as follower:
                for line in lines(follower, 3):
                    json.loads(line)
                if FAULT not in (ROOT / "README.md").read_text() or json.loads(run(FAULT)) != {"ok": True}:
                    fail("the fault could not be asked for")
                lines(follower, 50)
        check_cluster()
    if "frames" not in run('make bench ARGS="--only ticker --rounds 1 --frames 10000"'):
        fail("make bench printed no figure")
    print("check-readme: every command and example does what it says")


main()
