"""Under which names we are spoken to: a foreign name that points here is none of ours (DNS rebinding)."""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem
from api.settings import ApiSettings
from core.settings import Settings

_OWN = ("localhost",)


def names(settings: Settings, own: ApiSettings) -> frozenset[str]:
    """The names that are ours; empty: nothing says which they are, and every name will do."""
    said = [name.strip() for name in own.hosts.split(",") if name.strip()]
    public = urlsplit(settings.public_url).hostname
    told = [*said, *([public] if public else [])]
    return frozenset(name.lower() for name in (*told, *_OWN, socket.gethostname())) if told else frozenset()


class OwnNames:
    """Answers 421 to who speaks to somebody else. A number cannot be pointed elsewhere, and is let pass."""

    def __init__(self, app: ASGIApp, known: Iterable[str]) -> None:
        self._app, self._known = app, frozenset(known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket") or not self._known or self._ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await Problem(421).response()(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _ours(self, scope: Scope) -> bool:
        said = [value for name, value in scope["headers"] if name == b"host"]
        if len(said) != 1:
            return not said  # HTTP/1.0 names nobody; two names are a trick
        try:
            name = urlsplit(f"//{said[0].decode('ascii')}").hostname or ""
        except ValueError:
            return False
        return name.rstrip(".") in self._known or _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
