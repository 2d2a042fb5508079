"""What a request looked at, collected while it runs; nothing has to be passed on.

Rows that a request reads note themselves by their columns `resident_id` and `subjects`; where residents come
under another name, the store says so with `seen`.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq.abc import PGresult

MOST = 1000  # residents named in one entry; of more, it says within which stations they are


@dataclass(slots=True)
class Looked:
    """What one request has done so far.

    Attributes:
        residents: whose data it read. many: they were more than are named.
        actions: what it asked whether the caller may do it. why: the reason that was given.
    """

    residents: set[int] = field(default_factory=set)
    many: bool = False
    actions: set[str] = field(default_factory=set)
    why: str = ""

    def add(self, residents: Iterable[int | None]) -> None:
        """Note these as well."""
        self.residents.update(one for one in residents if one is not None)
        if len(self.residents) > MOST:
            self.many = True
            self.residents.clear()


_looked: ContextVar[Looked | None] = ContextVar("looked", default=None)


def begin() -> Looked:
    """Collect from here on, in this task and what it starts."""
    looked = Looked()
    _looked.set(looked)
    return looked


def seen(residents: Iterable[int | None]) -> None:
    """The request shows, or changes, data of these residents."""
    looked = _looked.get()
    if looked is not None and not looked.many:
        looked.add(residents)


def asked(action: str) -> None:
    """The request asks whether its caller may do `action`."""
    looked = _looked.get()
    if looked is not None:
        looked.actions.add(action)


def why(reason: str) -> None:
    """The caller gave a reason."""
    looked = _looked.get()
    if looked is not None:
        looked.why = reason


def rest() -> None:
    """What is read from here on, in this task or thread, is shown to nobody."""
    _looked.set(None)


def nothing_yet() -> None:
    """What was noted so far belongs to finding out who calls."""
    looked = _looked.get()
    if looked is not None:
        looked.residents.clear()
        looked.actions.clear()


def _note(result: PGresult | None) -> None:
    looked = _looked.get()
    if looked is None or looked.many or result is None or result.ntuples == 0:
        return
    for column in range(result.nfields):
        name = result.fname(column)
        if name == b"resident_id":
            values = {result.get_value(row, column) for row in range(result.ntuples)}
            looked.add(int(value) for value in values if value is not None and value.isdigit())
        elif name == b"subjects":
            values = {result.get_value(row, column) for row in range(result.ntuples)}
            looked.add(
                int(one)
                for value in values
                if value
                for one in value.strip(b"{}").split(b",")
                if one.isdigit()
            )


class NotingCursor(psycopg.Cursor[Any]):
    """A cursor that notes whose rows it brought."""

    def execute(self, *args: Any, **kwargs: Any) -> "NotingCursor":
        """As usual."""
        super().execute(*args, **kwargs)
        _note(self.pgresult)
        return self


class AsyncNotingCursor(psycopg.AsyncCursor[Any]):
    """The same, not blocking."""

    async def execute(self, *args: Any, **kwargs: Any) -> "AsyncNotingCursor":
        """As usual."""
        await super().execute(*args, **kwargs)
        _note(self.pgresult)
        return self
