"""Usage: knock.py KEY: connects from pages of two origins, and stays until it has asked three times."""

import sys
from contextlib import ExitStack

from websockets.sync.client import connect

headers = {"X-API-Key": sys.argv[1]}
with ExitStack() as held:
    for origin in ["https://elsewhere.example", "https://app.example.com", "https://app.example.com"]:
        try:
            held.enter_context(connect("ws://127.0.0.1:8000/ws", additional_headers=headers, origin=origin))
        except Exception as refusal:
            print(origin, refusal)
