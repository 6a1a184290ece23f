#!/usr/bin/env python3
"""Usage: openid.py USER...

Runs an OpenID provider on a free port and logs users in, as a browser would. Prints one line of JSON: the issuer, the audience and each
user's token. Ends when its input does.
"""

import json
import logging
import sys
import urllib.parse

import httpx
import oidc_provider_mock

CLIENT = "tidegate-test"
CALLBACK = "http://localhost/callback"


def log_in(base: str, user: str) -> str:
    query = urllib.parse.urlencode(
        {"client_id": CLIENT, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s"}
    )
    answer = httpx.post(f"{base}/oauth2/authorize?{query}", data={"sub": user})
    location = urllib.parse.urlparse(answer.headers["location"])
    code = urllib.parse.parse_qs(location.query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    answer = httpx.post(f"{base}/oauth2/token", data=form, auth=(CLIENT, "any"))
    return answer.raise_for_status().json()["id_token"]


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with oidc_provider_mock.run_server_in_thread() as server:
        base = f"http://localhost:{server.server_port}"
        tokens = {user: log_in(base, user) for user in sys.argv[1:]}
        print(json.dumps({"issuer": base, "audience": CLIENT, "tokens": tokens}), flush=True)
        sys.stdin.read()


main()
