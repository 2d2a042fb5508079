"""Argon2id hashes of passwords, made and checked off the event loop, a few at a time."""

from functools import cache

import anyio
from anyio.to_thread import run_sync
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from api import settings
from api.problems import Problem

SHORTEST = 10
LONGEST = 200  # a megabyte of password would be work for us and none for the sender

NONE = "!"  # kept of an account without a password: no password fits
_ENOUGH = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses by who knows the usual tricks
_LOOKED_AT = 72  # letters of a password that its strength is judged by; longer ones are slow to judge


@cache
def _hasher() -> PasswordHasher:
    own = settings.load()
    return PasswordHasher(time_cost=own.password_rounds, memory_cost=own.password_kib)


@cache
def _places() -> anyio.CapacityLimiter:
    # Each takes 64 MiB and a core for a moment: a flood of log-ins must not starve the rest.
    return anyio.CapacityLimiter(2)


@cache
def _nobody() -> str:
    return _hasher().hash("the password of nobody")


async def make(password: str) -> str:
    """The hash to keep of `password`."""
    return await run_sync(_hasher().hash, password, limiter=_places())


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


async def check(kept: str | None, password: str) -> bool:
    """Whether `password` is the one `kept` was made of.

    With None (no such account) it takes as long and says no: time tells nobody which logins exist.
    """
    fits = await run_sync(_fits, kept or _nobody(), password, limiter=_places())
    return fits and kept is not None


def outdated(kept: str) -> bool:
    """Whether `kept` was made with other costs than a hash made today."""
    return _hasher().check_needs_rehash(kept)


def _guessed_soon(password: str, known: list[str]) -> bool:
    judged = zxcvbn(password[:_LOOKED_AT], user_inputs=known)
    return int(judged["score"]) < _ENOUGH


async def refuse_weak(password: str, *known: str) -> None:
    """Problem 422 "weak-password" when it would be among the first that somebody tries who knows lists of
    common passwords and the words `known` (login, name)."""
    if await run_sync(_guessed_soon, password, [word for word in (*known, "nowalls") if word]):
        raise Problem(
            422, "weak-password", "this password would be guessed soon; a few words in a row are better"
        )
