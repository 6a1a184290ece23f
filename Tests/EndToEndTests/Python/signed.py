#!/usr/bin/env python3
"""Usage: signed.py GATEWAY_HTTP STREAM COUNT KID...

Reads COUNT messages of STREAM in both dialects and checks each signature as the docs say, with the keys that the node tells, which are
KID... in this order. A message that was changed must not pass. Says `subscribed` when it listens.
"""

import base64
import json
import re

from gateway import WAIT, Client, Message, check, http, main, say

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# The bytes of `data` exactly as they stand: from behind its key to what follows it.
FRAME = re.compile(rb'"data":(?P<data>.*),"timestamp":(?P<time>\d+)(?:,"source":"[^"]*")?,"sig":"(?P<sig>[^"]+)"}$', re.S)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(frame: bytes, stream: str, keys: dict[str, Ed25519PublicKey]) -> str:
    """The id of the key that has signed it. Raises InvalidSignature."""
    match = FRAME.search(frame)
    assert match, f"a frame that does not end with its signature: {frame!r}"
    message = json.loads(frame)
    kid, code = match["sig"].decode().split(".")
    head = f"tidegate-sig-1\n{stream}\n{message['epoch']}\n{message['seq']}\n{message['timestamp']}\n"
    keys[kid].verify(decoded(code), head.encode() + match["data"])
    return kid


def must_fail(frame: bytes, stream: str, keys: dict[str, Ed25519PublicKey]) -> None:
    try:
        verify(frame, stream, keys)
    except InvalidSignature:
        return
    raise AssertionError(f"a changed frame was taken: {frame!r}")


async def script(gateway: str, stream: str, count: str, *kids: str) -> Message:
    status, body = await http(f"{gateway}/.well-known/tidegate-keys.json")
    check(status, 200, "the page of keys")
    for key in body["keys"]:
        check((key["kty"], key["crv"], key["use"], key["alg"]), ("OKP", "Ed25519", "sig", "EdDSA"))
    check([key["kid"] for key in body["keys"]], list(kids))
    keys = {key["kid"]: Ed25519PublicKey.from_public_bytes(decoded(key["x"])) for key in body["keys"]}
    url = gateway.replace("http", "ws") + "/ws"
    clients = []
    for word, verb in (("op", "args"), ("action", "streams")):
        client = await Client.open(url)
        await client.socket.send(json.dumps({word: "subscribe", verb: [stream]}))
        reply = json.loads(await client.socket.recv())
        assert not reply["rejected"], f"{reply}"
        clients.append(client)
    say("subscribed")
    signers: set[str] = set()
    for client in clients:
        for _ in range(int(count)):
            frame = (await client.socket.recv()).encode()
            signers.add(verify(frame, stream, keys))
            message = json.loads(frame)
            must_fail(frame.replace(b'"seq":', b'"seq":1'), stream, keys)
            must_fail(frame.replace(b'"epoch":', b'"epoch":1'), stream, keys)
            must_fail(frame.replace(b'"timestamp":', b'"timestamp":1'), stream, keys)
            must_fail(frame.replace(b'"data":', b'"data": '), stream, keys)
            must_fail(frame, stream + "x", keys)
            assert "first" not in message
        await client.close()
    return {"signers": sorted(signers)}


if __name__ == "__main__":
    main(script)
