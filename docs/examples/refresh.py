"""Usage: refresh.py TOKEN NEXT_TOKEN: shows the next token when the node says that the first one ends."""

import json
import sys

from websockets.sync.client import connect

token, next_token = sys.argv[1:]
with connect("ws://127.0.0.1:8000/ws", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
    socket.send(json.dumps({"op": "subscribe", "args": ["ticker:BTCUSDT", "trade:BTCUSDT"]}))
    for text in socket:
        op = json.loads(text).get("op")
        if op:
            print(text)
        if op == "token_expiring":
            socket.send(json.dumps({"op": "auth", "token": next_token}))
        if op == "rejected":   # the new token has no trades
            break
