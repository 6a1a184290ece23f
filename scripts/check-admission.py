#!/usr/bin/env python3
"""Pastes every block of docs/admission.md into one bash, in the page's order, and looks at what came. Run it from the repository, when the
release programs are built: .build/venv/bin/python scripts/check-admission.py

Uses the ports that the page names (6400, 8000, 8081). A block that begins with `# Needs` is for what a fresh machine does not have:
it is not run. A block that is not known here is a failure, so none is told and not run.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "admission.md"
PORTS = (6400, 8000, 8081)
BLOCK_SECONDS = 120

READY = r'"ok":true'
TICKER = r"ticker\.BTCUSDT #\d+"
TRADE = r"trade\.BTCUSDT #\d+"
FORBIDDEN = r"credentials don't grant it"
REFUSED = "answered HTTP 401"
SUBSCRIBED = "-- subscribed to "
# This block needs what a fresh machine does not have.
NOT_RUN = "# Needs your OpenID provider."
# How each block begins, in the page's order, with the patterns that its output has to show in this order.
EXPECTED = {
    "export PATH=": [READY, *[TICKER] * 3, REFUSED],
    "python $EXAMPLES/refresh.py": [
        '"success":true',
        '"op":"token_expiring"',
        '"op":"auth","success":true,"user":"alice"',
        '"op":"rejected".*FORBIDDEN',
    ],
    NOT_RUN: [],
    "TOKEN=$(python $EXAMPLES/es256.py)": [READY, TICKER],
    "tidegate keys new": ["is right: keys", READY, TICKER, FORBIDDEN],
    "cat >>tidegate.yaml": ["is right: keys, policies", READY, TICKER, FORBIDDEN, TRADE],
    "python $EXAMPLES/auth.py": [READY, "no such token", TRADE, f"{REFUSED}.*no such token"],
    "serve MAX_CONNECTIONS_PER_USER": [READY, "elsewhere.example .*HTTP 403", "app.example.com .*HTTP 429"],
    "openssl req": [READY],
    "redis-server": [
        READY,
        SUBSCRIBED,
        r"orders\.alice #1 epoch=\d+",
        '"stream":"tidegate.futures.orders.alice".*"data":{"orderId":"42","status":"filled"}',
    ],
    "OLD=$(token alice": [
        "remembered for 3600 s",
        f"{REFUSED}.*the credential was revoked",
        "remembered for 86430 s",
        "remembered for 2592000 s",
    ],
    "openssl genpkey": [READY, SUBSCRIBED, r"orders\.bob #1 epoch=\d+", 'verified .*"data":{"price": 1.50}.*"sig":"k1'],
    "tidegate subscribe": [SUBSCRIBED, "status 0", "the gateway is going away"],
}


def fail(reason: str) -> None:
    sys.exit(f"check-admission: {reason}")


class Terminal:
    """One bash into which blocks are pasted. All that is started in it ends with it."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.bash = subprocess.Popen(
            ["bash"],
            cwd=ROOT,
            # mktemp then makes the page's folder in here.
            env={**os.environ, "TMPDIR": folder},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def paste(self, block: str) -> str:
        """What the block prints, up to its end."""
        assert self.bash.stdin and self.bash.stdout
        file, end = self.folder / "block", f"end-{secrets.token_hex(8)}"
        file.write_text(block)
        # From a file, since bash itself is read from standard input, and what the block runs must not read on there.
        self.bash.stdin.write(f"source {file} </dev/null; echo; echo {end}\n")
        self.bash.stdin.flush()
        # Ends the reading below, too.
        watchdog = threading.Timer(BLOCK_SECONDS, self.kill)
        watchdog.start()
        printed = []
        for line in self.bash.stdout:
            if line.rstrip("\n") == end:
                watchdog.cancel()
                return "".join(printed)
            printed.append(line)
        watchdog.cancel()
        logs = "".join(f"\n{log.name}: {log.read_text()[-2000:]}" for log in self.folder.glob("*/*.log"))
        fail(f"a block did not end within {BLOCK_SECONDS} s, or ended bash:\n{block}\nIt printed:\n{''.join(printed)}{logs}")
        return ""

    def kill(self) -> None:
        try:
            os.killpg(self.bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.bash.wait()


def check(block: str, patterns: list[str], printed: str) -> None:
    rest = printed
    for pattern in patterns:
        found = re.search(pattern, rest)
        if not found:
            fail(f"no '{pattern}' in what came:\n{printed}\nThe block is:\n{block}")
        rest = rest[found.end() :]


def blocks_of_page() -> list[str]:
    """All of them, after a look that they are those of EXPECTED."""
    text = PAGE.read_text()
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    for one, begin in zip_longest(found, EXPECTED):
        language, block = one or ("", "")
        if begin is None or language != "sh" or not block.startswith(begin):
            fail(f"the page's blocks are not those that are run here: in place of '{begin}' came this block ({language}):\n{block}")
    for example in (PAGE.parent / "examples").iterdir():
        if f"$EXAMPLES/{example.name}" not in text:
            fail(f"the page does not run {example}")
    return [block for _, block in found]


def wait_until_free(port: int) -> None:
    """A program that was ended a moment ago may still be leaving."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.2)
    fail(f"something listens on port {port}, which the page uses")


def main() -> None:
    blocks = blocks_of_page()
    for port in PORTS:
        wait_until_free(port)
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(folder)
        try:
            for block, (begin, patterns) in zip(blocks, EXPECTED.items()):
                if begin != NOT_RUN:
                    check(block, patterns, terminal.paste(block))
        finally:
            terminal.kill()
    print(f"check-admission: {len(blocks) - 1} blocks do what the page says; not run: {NOT_RUN}")


main()
