"""Prints as JSON a JWKS and tokens by PyJWT, joserfc and jwcrypto, one for each algorithm, with the keys of the set.

The user of a token is the library that made it, its kid that of the family's key.
"""

import json
import time
import warnings

import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt

# joserfc warns of the name that everybody uses for Ed25519.
warnings.simplefilter("ignore")

FAMILIES = {
    "oct": ["HS256", "HS384", "HS512"],
    "RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    "P-256": ["ES256"],
    "P-384": ["ES384"],
    "P-521": ["ES512"],
    "Ed25519": ["EdDSA"],
}


def make_key(family: str) -> jwcrypto.jwk.JWK:
    if family == "oct":
        return jwcrypto.jwk.JWK.generate(kty="oct", size=512, kid=family)
    if family == "RSA":
        return jwcrypto.jwk.JWK.generate(kty="RSA", size=2048, kid=family)
    kind = "OKP" if family == "Ed25519" else "EC"
    return jwcrypto.jwk.JWK.generate(kty=kind, crv=family, kid=family)


def with_pyjwt(key: jwcrypto.jwk.JWK, header: dict, claims: dict) -> str:
    secret = jwt.PyJWK(json.loads(key.export(private_key=True)), algorithm=header["alg"])
    return jwt.encode(claims, secret.key, algorithm=header["alg"], headers={"kid": header["kid"]})


def with_joserfc(key: jwcrypto.jwk.JWK, header: dict, claims: dict) -> str:
    secret = joserfc.jwk.import_key(json.loads(key.export(private_key=True)))
    return joserfc.jwt.encode(header, claims, secret, algorithms=[header["alg"]])


def with_jwcrypto(key: jwcrypto.jwk.JWK, header: dict, claims: dict) -> str:
    token = jwcrypto.jwt.JWT(header=header, claims=claims)
    token.make_signed_token(key)
    return token.serialize()


LIBRARIES = {"PyJWT": with_pyjwt, "joserfc": with_joserfc, "jwcrypto": with_jwcrypto}


def main() -> None:
    keys = {family: make_key(family) for family in FAMILIES}
    now = int(time.time())
    tokens = [
        {
            "library": library,
            "algorithm": algorithm,
            "token": sign(
                keys[family],
                {"alg": algorithm, "kid": family, "typ": "JWT"},
                {"sub": library, "iat": now, "exp": now + 600, "roles": [algorithm]},
            ),
        }
        for library, sign in LIBRARIES.items()
        for family, algorithms in FAMILIES.items()
        for algorithm in algorithms
    ]
    public = [json.loads(key.export() if family == "oct" else key.export_public()) for family, key in keys.items()]
    print(json.dumps({"jwks": json.dumps({"keys": public}), "tokens": tokens}))


main()
