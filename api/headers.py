"""Headers that every answer carries, as a plain ASGI layer."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SELF = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}
_HSTS = "max-age=31536000"


def policy_for(import_maps: Iterable[str] = (), tiles: str = "") -> str:
    """The content security policy: own files only, nothing inline but import maps of these hashes, and
    pictures of the street map from the origin of the URL `tiles`."""
    scripts = " ".join(("'self'", *import_maps))
    pictures = f"img-src 'self' data: {_origin(tiles)}".strip()
    return f"{_SELF}; {pictures}; script-src {scripts}; frame-ancestors 'none'"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


class SecurityHeaders:
    """Adds what is missing to each HTTP answer of `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._policy = policy_for()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", self._policy)
                if scope["path"].startswith(("/api/", "/fhir/")):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        await self._app(scope, receive, sending)
