"""Measurements and incidents as rows of a file, a stretch at a time: memory does not grow with the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection

from care.export.table import Cell, Column
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))
_STRETCH = 20_000

Seen = Callable[[Iterable[int]], None]


@dataclass(frozen=True, slots=True)
class Table:
    """One long table: `statement` of takeout.sql, `columns` with a line of meaning each, and where in a row
    the resident stands."""

    statement: str
    columns: tuple[tuple[Column, str], ...]
    resident: int

    @property
    def shape(self) -> list[Column]:
        """The columns alone."""
        return [column for column, _ in self.columns]


def _column(name: str, kind: Any, meaning: str) -> tuple[Column, str]:
    return Column(name, name, kind), meaning


READINGS = Table(
    "readings",
    (
        _column("time", "instant", "by the device's clock, a steady error taken out"),
        _column("received", "instant", "when it came to us"),
        _column("station", "text", "code of the station that answers for the home"),
        _column("home", "text", "code of the home"),
        _column("resident_id", "whole", "whom it is about; empty: the household"),
        _column("device", "text", "code of the device"),
        _column("metric", "text", "what was measured; docs/protocol.md lists them"),
        _column("unit", "text", "in UCUM"),
        _column("value", "number", "of an event 1 or 0"),
    ),
    resident=4,
)
INCIDENTS = Table(
    "incidents",
    (
        _column("id", "text", "UUID"),
        _column("number", "whole", "as people say it"),
        _column("kind", "text", "what was found; docs/incidents.md lists them"),
        _column("priority", "text", "high, medium, low"),
        _column("state", "text", "where it stands"),
        _column("outcome", "text", "how it ended; empty: it has not"),
        _column("drill", "flag", "whether it was a rehearsal"),
        _column("station", "text", "code; empty: the platform itself"),
        _column("home", "text", "code of the home"),
        _column("resident_id", "whole", "whom it is about; empty: the household"),
        _column("device", "text", "code of the device that said so"),
        _column("onset", "instant", "when it began"),
        _column("detected_at", "instant", "when it was noticed"),
        _column("opened_at", "instant", "when people were told"),
        _column("acknowledged_at", "instant", "when somebody first took it in hand"),
        _column("responding_at", "instant", "when somebody first set out"),
        _column("arrived_at", "instant", "when somebody was first there"),
        _column("closed_at", "instant", "when it was over"),
        _column("level", "whole", "how far up the tree it was raised"),
        _column("probability", "number", "as the detector said, 0 to 1"),
        _column("reason", "text", "key of the sentence that says why"),
    ),
    resident=9,
)


def stretches(
    conn: Connection[Any],
    table: Table,
    paths: Sequence[str],
    since: datetime,
    until: datetime,
    metrics: Sequence[int] | None,
    seen: Seen,
) -> Iterator[Sequence[Sequence[Cell]]]:
    """The rows of `table` in the subtrees `paths`, 20,000 at a time; `seen` hears whose data they are.

    Within a transaction: the rows wait in the database, not here.
    """
    wanted = None if metrics is None else list(metrics)
    values = {"paths": list(paths), "since": since, "until": until, "metrics": wanted}
    with conn.cursor(name="takeout") as cursor:
        cursor.execute(Q[table.statement], values)
        while rows := cursor.fetchmany(_STRETCH):
            seen({row[table.resident] for row in rows if row[table.resident] is not None})
            yield rows
