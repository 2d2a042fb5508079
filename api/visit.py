"""Where a request comes from, as its owner will know it again in the list of sessions."""

import ipaddress
import re
from dataclasses import dataclass

from starlette.requests import HTTPConnection

# In this order: Edge says that it is Chrome, Chrome that it is Safari.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_PLAIN = re.compile(r"[^\w./ -]+")


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Attributes:
        address: numeric address of the peer, "" when unknown.
        agent: browser and system in a few words ("Firefox, Windows").
    """

    address: str = ""
    agent: str = ""


def agent_words(header: str) -> str:
    """A User-Agent header in a few words; its first word where nothing in it is known."""
    browser = next((name for sign, name in _BROWSERS if sign in header), "")
    system = next((name for sign, name in _SYSTEMS if sign in header), "")
    known = ", ".join(one for one in (browser, system) if one)
    return known or _PLAIN.sub("", header.partition(" ")[0])[:40]


def network_of(address: str) -> str:
    """Whom mistakes from `address` are counted for: who has one address of IPv6 has all of its /64."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))


def visit_of(connection: HTTPConnection) -> Visit:
    """Where `connection` comes from."""
    address = connection.client.host if connection.client else ""
    return Visit(address, agent_words(connection.headers.get("user-agent", "")))
