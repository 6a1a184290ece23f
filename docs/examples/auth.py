"""A service for AUTH_URL: who shows `open-sesame` is alice."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Check(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = asked["credential"] == "open-sesame"
        answer = json.dumps({"user": "alice", "roles": ["trader"]} if good else {"reason": "no such token"}).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


ThreadingHTTPServer(("127.0.0.1", 8081), Check).serve_forever()
