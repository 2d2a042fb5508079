"""Where a message may go over HTTP: never into our own network by an address that somebody typed in.

The name is looked up once, every address it has must be public, and the connection goes to the address that
was checked; redirects are not followed. So neither a name that changes nor a redirect leads inside. Libraries
that connect by themselves are watched while they look names up.
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import urllib3

from alerts.delivery.channel import TIMEOUT_S, Answer, Outcome

_READ_AT_MOST = 64 * 1024
_TIMEOUT = urllib3.Timeout(total=TIMEOUT_S, connect=4.0, read=TIMEOUT_S)
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500
_TOO_MANY = 429
_LATER = frozenset({408, 425})
_GONE = frozenset({404, 410})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What the library calls global and no router of the open internet carries: a translator's own prefix,
# addresses of a site, IPv4 addresses written as if they were IPv6, segments of a provider, those of books.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.IPv6Network,
        ("64:ff9b:1::/48", "fec0::/10", "::/96", "::ffff:0:0:0/96", "5f00::/16", "3fff::/20"),
    )
)
# The same of IPv4: of protocols (a cloud answers about itself there), and the relays that 6to4 once had.
_NOT_PUBLIC_4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))


class ForbiddenTarget(Exception):
    """An address to which nothing is sent; the message says why, without the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, with the numeric address to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def aim(url: str, allow_private: bool) -> Target:
    """Look up `url`; raises ForbiddenTarget, and OSError when there is no such name."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ForbiddenTarget("not an http address")
    if parts.username or parts.password:
        raise ForbiddenTarget("a password in the address")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise ForbiddenTarget("no such port") from None
    ips = addresses(parts.hostname, port, allow_private)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path, ips[0])


def addresses(host: str, port: int, allow_private: bool) -> list[str]:
    """The numeric addresses of `host`. Raises ForbiddenTarget when one of them is not public, OSError when
    there is none."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not allow_private and not all(_is_public(ip) for ip in found):
        raise ForbiddenTarget("an address that is not public")
    return found


class _Watch(threading.local):
    """Whether the lookups of this thread are looked at, and whether one led inside."""

    on = False
    led_inside = False


_watch = _Watch()
_resolve = socket.getaddrinfo


def _look_up(host: Any, *args: Any, **more: Any) -> Any:
    found = _resolve(host, *args, **more)
    if _watch.on and not all(_is_public(str(info[4][0])) for info in found):
        _watch.led_inside = True
        raise OSError("an address that is not public")
    return found


# A library that looks a name up by itself connects to what this very lookup says: there is no second one in
# between in which the name could change. Other threads are not concerned.
socket.getaddrinfo = _look_up


@contextmanager
def outside_only(allow_private: bool) -> Iterator[None]:
    """Whatever this thread connects to is public. Raises ForbiddenTarget when it was led inside.

    A proxy that the environment names is inside as a rule: it looks up by itself, and nothing is watched.
    """
    if allow_private or getproxies().keys() - {"no"}:
        yield
        return
    _watch.on, _watch.led_inside = True, False
    try:
        yield
    finally:
        _watch.on = False
    if _watch.led_inside:
        raise ForbiddenTarget("an address that is not public")


def post(target: Target, body: bytes, headers: dict[str, str]) -> Answer:
    """POST `body`; what became of it. At most 64 KiB of the answer are read, and none of it is kept."""
    pool: urllib3.HTTPConnectionPool = urllib3.HTTPConnectionPool(target.ip, target.port, timeout=_TIMEOUT)
    if target.scheme == "https":
        # The certificate must be that of the name, although the connection goes to the number.
        pool = urllib3.HTTPSConnectionPool(
            target.ip,
            target.port,
            timeout=_TIMEOUT,
            server_hostname=target.host,
            assert_hostname=target.host,
        )
    shown = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme]
    headers = {"Host": shown if target.port == usual else f"{shown}:{target.port}", **headers}
    with pool:
        try:
            answer = pool.urlopen(
                "POST",
                target.path,
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            with answer:
                answer.read(_READ_AT_MOST)
                return judge(answer.status)
        except urllib3.exceptions.HTTPError as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)


def judge(status: int) -> Answer:
    """An HTTP status as an answer."""
    detail = f"HTTP {status}"
    if _OK <= status < _REDIRECT:
        return Answer(Outcome.SENT, detail)
    if status == _TOO_MANY:
        return Answer(Outcome.LIMITED, detail)
    if status >= _SERVER or status in _LATER:
        return Answer(Outcome.UNREACHABLE, detail)
    return Answer(Outcome.REFUSED, detail)


def is_gone(status_detail: str) -> bool:
    """Whether `detail` of an answer says that there is nothing at that address any more."""
    return status_detail in {f"HTTP {status}" for status in _GONE}


def _is_public(ip: str) -> bool:
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _NOT_PUBLIC):
            return False
        carried = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        address = carried or address
    if isinstance(address, ipaddress.IPv4Address) and any(address in network for network in _NOT_PUBLIC_4):
        return False
    return address.is_global and not address.is_multicast
