"""Argon2id hashes of passwords, made and checked off the event loop, a few at a time."""

from functools import cache

import anyio
from anyio.to_thread import run_sync
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200  # a megabyte of password would be work for us and none for the sender

_hasher = PasswordHasher()


@cache
def _places() -> anyio.CapacityLimiter:
    # Each takes 64 MiB and a core for a moment: a flood of log-ins must not starve the rest.
    return anyio.CapacityLimiter(2)


@cache
def _nobody() -> str:
    return _hasher.hash("the password of nobody")


async def make(password: str) -> str:
    """The hash to keep of `password`."""
    return await run_sync(_hasher.hash, password, limiter=_places())


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


async def check(kept: str | None, password: str) -> bool:
    """Whether `password` is the one `kept` was made of.

    With None (no such account) it takes as long and says no: time tells nobody which logins exist.
    """
    fits = await run_sync(_fits, kept or _nobody(), password, limiter=_places())
    return fits and kept is not None
