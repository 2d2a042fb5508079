"""How often one caller may ask for what is dear: a bucket for each caller and route, in this process.

It keeps one page that was left looping, or one thief of a session, from slowing the station down for the
others; it is no promise about the sum of many callers. Dear is what reads much, makes a hash, or asks
somebody else.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from api.guard import Signed
from api.parts import Needs, Parts
from api.problems import Problem
from api.visit import network_of, visit_of


def _take(parts: Parts, what: str, whom: str, per_minute: int) -> None:
    seconds = parts.buckets.take(what, whom, per_minute, parts.wall.now())
    if seconds:
        raise Problem(429, headers={"Retry-After": str(seconds)}, retry_after_s=seconds)


def limited(what: str, per_minute: int) -> Callable[..., Awaitable[None]]:
    """A dependency: at most `per_minute` for each account or machine; Problem 429 with Retry-After."""

    async def pace(caller: Signed, parts: Needs) -> None:
        _take(parts, what, f"account/{caller.session.account}", per_minute)

    return pace


def strangers(what: str, per_minute: int) -> Callable[..., Awaitable[None]]:
    """The same for who is not signed in: for each address (of IPv6, each /64)."""

    async def pace(request: Request, parts: Needs) -> None:
        _take(parts, what, f"address/{network_of(visit_of(request).address)}", per_minute)

    return pace
