"""Where somebody wants to be reached: what may be kept as an address, and how it is shown again (masked)."""

import ipaddress
import json
import re
from urllib.parse import parse_qsl, urlsplit

from api.problems import Problem

# Channels whose address is one that we post to.
WEBHOOKS = frozenset({"webhook", "cloudevents", "cloudevents_binary"})
# Schemes of services that only their own servers can be meant by, for anybody ...
_SERVICES = frozenset({
    "bark", "barks", "dingtalk", "discord", "feishu", "lark", "line", "mailto", "mailtos", "msteams", "ntfy",
    "ntfys", "pover", "pushplus", "serverchan", "schan", "signal", "signals", "slack", "sms", "telegram",
    "tgram", "twilio", "wecombot", "wxpusher", "wxteams",
})  # fmt: skip
# ... and of those whose address names any host, which is for who runs the station.
_ANY_HOST = frozenset({"bark", "barks", "mailto", "mailtos", "ntfy", "ntfys", "signal", "signals"})
# What makes this machine open a file or ask another one, trust anybody, or follow where it is led.
_NOT_ASKED = frozenset(
    {"attach", "cto", "pgp", "pgpprv", "pgppub", "redirect", "rto", "template", "verify", "wkd"}
)
_INNER_NAMES = (".local", ".internal", ".localhost", ".lan", ".home", ".arpa", ".corp", ".intranet")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def public_host(host: str | None) -> bool:
    """Whether `host` is a name or an address of the open internet, as far as its spelling tells.

    A name may still lead inside: who sends looks at the address again that it resolves to.
    """
    if not host:
        return False
    host = host.rstrip(".").lower()
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        named = bool(_HOST.fullmatch(host)) and not host.endswith(_INNER_NAMES)
        return named and not host.rsplit(".", 1)[-1].isdigit()


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _asked(url: str) -> set[str]:
    _, _, query = url.partition("?")
    return {name.strip().lower() for name, _ in parse_qsl(query, keep_blank_values=True)}


def _https(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and public_host(parts.hostname) and parts.port in (None, 443)
    except ValueError:
        good = False
    if not good or "@" in parts.netloc:
        raise Problem(422, "bad-address", "an https address of the open internet is needed")
    return url


def web_push(endpoint: str, p256dh: str, auth: str) -> str:
    """The address of a browser's push subscription: one form of JSON, so that the same one is one row."""
    return json.dumps(
        {"endpoint": _https(endpoint), "keys": {"auth": auth, "p256dh": p256dh}}, sort_keys=True
    )


def webhook(url: str, *, private: bool) -> str:
    """An address that is posted to; with `private`, one in the own network will do."""
    if not private:
        return _https(url)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise Problem(422, "bad-address", "an address that begins with https:// is needed")
    return url


def apprise(url: str, *, private: bool) -> str:
    """An address in Apprise's form ("wecombot://key"), of a service known to need nothing of this machine."""
    scheme, found, rest = url.partition("://")
    scheme = scheme.lower()
    if not found or not rest.strip("/") or scheme not in _SERVICES:
        raise Problem(422, "bad-address", "this service is not known; see docs/api.md")
    if _NOT_ASKED & _asked(url):
        raise Problem(422, "bad-address", "something in this address is for who runs the server")
    try:
        host = urlsplit(url).hostname
    except ValueError:
        raise Problem(
            422, "bad-address", "brackets and the like in an address are written with a %, as %5B"
        ) from None
    looks_like_host = host is not None and ("." in host or ":" in host or host == "localhost")
    if scheme in _ANY_HOST and not private and looks_like_host and not public_host(host):
        raise Problem(422, "bad-address", "this address lies inside a network")
    return url


def masked(channel: str, address: str) -> str:
    """What is shown of an address: enough to know it by, nothing that opens anything."""
    if channel == "web_push":
        try:
            return _host(json.loads(address)["endpoint"]) or ""
        except (ValueError, KeyError, TypeError):
            return ""
    if channel in WEBHOOKS:
        return _host(address) or ""
    scheme, found, _ = address.partition("://")
    return f"{scheme}://…" if found else "…"
