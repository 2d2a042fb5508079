"""As whom the database is asked: each taking of a connection sets its role and the caller's scope on it.

The caller is kept in a context variable, so that no route has to pass it on. The statement that sets it is
also the one that finds out whether the connection still lives: it costs no way to the database of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from core import queries
from core.access import roles

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Lease:
    """Who uses a connection.

    Attributes:
        role: the database role; PERSON becomes WHOLE where the paths cover the whole tree.
        account: the caller; 0 for none.
        paths: subtrees of the station tree. residents: seen as family or in an emergency.
        opened: of these, those in an emergency: seen as by staff.
    """

    role: str
    account: int = 0
    paths: tuple[str, ...] = ()
    residents: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()

    @property
    def params(self) -> dict[str, Any]:
        """What the statement takes."""
        return {
            "role": self.role,
            "account": str(self.account),
            "paths": list(self.paths),
            "residents": _array(self.residents),
            "opened": _array(self.opened),
            "person": roles.PERSON,
            "acting": roles.ACTING,
            "whole": roles.WHOLE,
        }


def _array(keys: Sequence[int]) -> str:
    return "{" + ",".join(map(str, keys)) + "}"


DOOR = Lease(roles.DOOR)
FEED = Lease(roles.FEED)
SEALER = Lease(roles.SEALER)
HOUSE = Lease(roles.WHOLE)  # what the API does by itself

_current: ContextVar[Lease] = ContextVar("lease", default=DOOR)


def current() -> Lease:
    """Who asks just now."""
    return _current.get()


def become(lease: Lease) -> None:
    """From here on, in this task and what it starts, `lease` asks."""
    _current.set(lease)


@contextmanager
def borrowed(lease: Lease) -> Iterator[None]:
    """`lease` asks for a while."""
    token = _current.set(lease)
    try:
        yield
    finally:
        _current.reset(token)


def deciding() -> Lease:
    """The caller, while the alerts package decides for them: it looks at more than they may see."""
    lease = _current.get()
    return replace(lease, role=roles.ACTING) if lease.role == roles.PERSON else lease


@contextmanager
def decided(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """Within a transaction of the caller's: for a while the alerts package decides on it."""
    conn.execute(_SQL["lease"], deciding().params)
    yield
    conn.execute(_SQL["lease"], _current.get().params)  # an error rolls back to it anyway


async def check(conn: psycopg.AsyncConnection[Any]) -> None:
    """Set the present lease on a connection about to be used (one that commits by itself)."""
    await conn.execute(_SQL["lease"], _current.get().params, prepare=True)


def check_plain(conn: psycopg.Connection[Any]) -> None:
    """The same on one that does not."""
    conn.autocommit = True
    try:
        conn.execute(_SQL["lease"], _current.get().params, prepare=True)
    finally:
        conn.autocommit = False
