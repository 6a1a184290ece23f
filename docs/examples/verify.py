"""Usage: ... subscribe STREAM --json | verify.py STREAM: checks the signature of each frame."""

import base64
import json
import re
import sys
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FRAME = re.compile(rb'"data":(?P<data>.*),"timestamp":\d+(?:,"source":"[^"]*")?,"sig":"(?P<sig>[^"]+)"}$', re.S)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(frame: bytes, stream: str, jwks: dict) -> None:  # raises InvalidSignature
    match, message = FRAME.search(frame), json.loads(frame)
    kid, code = match["sig"].decode().split(".")
    x = next(key["x"] for key in jwks["keys"] if key["kid"] == kid)
    head = f"tidegate-sig-1\n{stream}\n{message['epoch']}\n{message['seq']}\n{message['timestamp']}\n"
    Ed25519PublicKey.from_public_bytes(decoded(x)).verify(decoded(code), head.encode() + match["data"])


jwks = json.load(urllib.request.urlopen("http://127.0.0.1:8000/.well-known/tidegate-keys.json"))
for line in sys.stdin.buffer:
    verify(line.rstrip(b"\n"), sys.argv[1], jwks)
    print("verified", line.decode(), end="")
