"""An account on a running system, as a program: signed in by an invitation, with an open board."""

import asyncio
import json
import os
import secrets
import ssl
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from core.settings import Settings
from core.tls import client_context

_TIMEOUT_S = 15.0
_AGAIN_S = 1.0


class Unwilling(Exception):
    """The system did not do what it was asked; the message says what it answered."""


@dataclass(eq=False)
class Session:
    """Somebody signed in at `address` (http or https://host:port), which `trust` tells from an impostor."""

    address: str
    trust: ssl.SSLContext | None = None
    account: int = 0
    cookie: str = ""
    csrf: str = ""

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the API answers; raises Unwilling."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        headers |= {"X-CSRF-Token": self.csrf} if self.csrf else {}
        sent = None if body is None else json.dumps(body).encode()
        where = urlsplit(self.address)
        line = self._line(where.hostname or "127.0.0.1", where.port)
        try:
            line.request(method, f"/api/v1{quote(path)}", body=sent, headers=headers)
            answer = line.getresponse()
            data = answer.read()
        except (OSError, HTTPException) as error:
            raise Unwilling(f"{method} {path}: {type(error).__name__}") from error
        finally:
            line.close()
        if answer.status >= 400:
            raise Unwilling(f"{method} {path}: {answer.status} {data[:300].decode(errors='replace')}")
        if cookies := answer.headers.get_all("set-cookie"):
            kept = SimpleCookie("; ".join(cookies))
            self.cookie = "; ".join(f"{name}={one.value}" for name, one in kept.items())
        return json.loads(data) if data else None

    def _line(self, host: str, port: int | None) -> HTTPConnection:
        if self.trust is None:
            return HTTPConnection(host, port, timeout=_TIMEOUT_S)
        return HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=self.trust)

    def redeem(self, link: str, login: str, name: str) -> None:
        """Make an account of an invitation, with a password that nobody keeps; raises Unwilling."""
        body = {"code": link.partition("#")[2], "login": login, "name": name, "language": "en"}
        made = self.call("POST", "/invitations/redeem", body | {"password": secrets.token_urlsafe(24)})
        self.account, self.csrf = int(made["account"]["id"]), str(made["csrf"])

    async def watch(self) -> None:
        """Sit before an open board, for ever; a board that is closed is opened again."""
        address = self.address.replace("http", "ws", 1) + "/api/v1/live"
        while True:
            with suppress(OSError, ConnectionClosed, TimeoutError):
                async with connect(
                    address, additional_headers={"Cookie": self.cookie}, origin=Origin(self.address),
                    max_size=None, ssl=self.trust,
                ) as socket:  # fmt: skip
                    async for _ in socket:
                        pass
            await asyncio.sleep(_AGAIN_S)


def administrator(settings: Settings, login: str) -> Session:
    """An administrator of the system that `settings` point to; raises Unwilling."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NOWALLS_")}
    environment["NOWALLS_DATABASE_URL"] = settings.database_url.get_secret_value()
    environment["NOWALLS_HTTP_PORT"] = str(settings.http_port)
    command = [sys.executable, "-P", "-m", "core.command", "--data", str(settings.data_dir), "invite"]
    done = subprocess.run(
        [*command, "--role", "administrator"], env=environment, capture_output=True, text=True, check=False
    )
    link = next((line.strip() for line in done.stdout.splitlines() if "#" in line), "")
    if not link:
        raise Unwilling(f"no administrator could be invited: {done.stderr.strip()[-300:]}")
    trust = client_context(settings.tls_ca) if settings.tls else None
    session = Session(f"{'https' if trust else 'http'}://127.0.0.1:{settings.http_port}", trust)
    session.redeem(link, login, "Scenario")
    return session
