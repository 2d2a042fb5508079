"""A small identity provider of our own: OpenID Connect as far as a log-in needs it, honest or not."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "nowalls", "a secret between us"


class IdentityProvider:
    """Knows one person at a time.

    Attributes:
        person: what it says about who logs in there.
        twist: changes the claims before they are signed.
        key: what it signs with; another one is a forger's.
        asked: paths that were asked for.
    """

    def __init__(self, url: str, now_s: Callable[[], float]) -> None:
        self.url, self._now_s = url, now_s
        self.key = self._known = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.person: dict[str, Any] = {"sub": "u-1", "name": "Li Na", "preferred_username": "li.na"}
        self.twist: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.algorithm = "RS256"
        self.moved = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def keys(self) -> dict[str, Any]:
        return KeySet([self._known]).as_dict(private=False)

    def log_in(self, address: str) -> dict[str, str]:
        """Somebody logs in at the `address` they were sent to: the query that they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or proof.decode() != asked["code_challenge"] or authorization != f"Basic {basic}":
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(self._now_s())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signed = jwt.encode(
            {"alg": self.algorithm, "kid": "one"}, self.twist(said | self.person), self.key,
            algorithms=[self.algorithm],
        )  # fmt: skip
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        self.provider.asked.append(self.path)
        if self.provider.moved:
            self.send_response(302)
            self.send_header("Location", self.provider.moved)
            self.end_headers()
            return
        known = {"/.well-known/openid-configuration": self.provider.document, "/keys": self.provider.keys}
        self._say(200, known[self.path]()) if self.path in known else self._say(404, {})

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._say(*self.provider.token(form, self.headers.get("Authorization", "")))

    def _say(self, status: int, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def identity_provider(now_s: Callable[[], float]) -> Iterator[IdentityProvider]:
    """One that runs, with the clock `now_s` (Unix time)."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider = IdentityProvider(f"http://127.0.0.1:{server.server_address[1]}", now_s)
        handler.provider = provider
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join(5)


def query(answer: dict[str, str]) -> str:
    """As the browser brings it back."""
    return urlencode(answer)
