"""The database as by the door: all of accounts, of everybody, and nothing else.

What people prove themselves with is read and written here only: to whoever is signed in, also to who runs the
whole house, the second wall shows no hash of a password.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api import lease, passwords
from api.parts import Connection, Parts
from api.store import accounts


@asynccontextmanager
async def as_door(parts: Parts) -> AsyncIterator[Connection]:
    """A connection for accounts alone; whoever asks has looked at whose they are."""
    with lease.borrowed(lease.DOOR):
        async with parts.pool.connection() as conn:
            yield conn


async def hash_of(parts: Parts, account: int) -> str | None:
    """What is kept of the password of an enabled account."""
    async with as_door(parts) as conn:
        return await accounts.password_hash(conn, account)


async def has_password(parts: Parts, account: int) -> bool:
    """Whether `account` has one; who comes by an identity provider need not."""
    return await hash_of(parts, account) not in (None, passwords.NONE)
