"""docs/admission.md: every block, pasted into one bash from top to bottom, shows what it should."""

import re
import tempfile

from documents import Page, fail
from processes import wait_until_free
from terminal import Terminal

READY = r'"ok":true'
TICKER = r"ticker\.BTCUSDT #\d+"
TRADE = r"trade\.BTCUSDT #\d+"
FORBIDDEN = r"credentials don't grant it"
REFUSED = "answered HTTP 401"
SUBSCRIBED = "-- subscribed to "
# How each block begins, in the page's order, with the patterns that its output has to show in this order. Those of a set come from
# programs that run at the same time: in any order.
EXPECTED: dict[str, list[str | set[str]]] = {
    "export PATH=": [READY, *[TICKER] * 3, REFUSED],
    "python $EXAMPLES/refresh.py": [
        '"success":true',
        '"op":"token_expiring"',
        '"op":"auth","success":true,"user":"alice"',
        '"op":"rejected".*FORBIDDEN',
    ],
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
    "openssl genpkey": [READY, SUBSCRIBED, {r"orders\.bob #1 epoch=\d+", 'verified .*"data":{"price": 1.50}.*"sig":"k1'}],
    "tidegate subscribe": [SUBSCRIBED, "status 0", "the gateway is going away"],
}
PAGE = Page("docs/admission.md", *EXPECTED)
PAGES = [PAGE]
# The page names them.
PORTS = (6400, 8000, 8081)


def check(block: str, patterns: list[str | set[str]], printed: str) -> None:
    rest = printed
    for step in patterns:
        ends = []
        for pattern in step if isinstance(step, set) else {step}:
            found = re.search(pattern, rest)
            if not found:
                fail(f"no '{pattern}' in what came:\n{printed}\nThe block is:\n{block}")
            ends.append(found.end())
        rest = rest[max(ends) :]


def run_pages() -> None:
    for example in (PAGE.path.parent / "examples").iterdir():
        if f"$EXAMPLES/{example.name}" not in PAGE.text:
            fail(f"{PAGE.path.name} does not run {example}")
    wait_until_free(*PORTS)
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(folder)
        try:
            for beginning, patterns in EXPECTED.items():
                block = PAGE.take(beginning)
                check(block, patterns, terminal.paste(block))
        finally:
            terminal.kill()
