"""Writes a JWKS with one new key into jwks.json, and prints a token by that key."""

import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP256R1())
public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
with open("jwks.json", "w") as file:
    json.dump({"keys": [{**public, "kid": "k1"}]}, file)
print(jwt.encode({"sub": "alice", "exp": int(time.time()) + 3600}, key, "ES256", headers={"kid": "k1"}))
