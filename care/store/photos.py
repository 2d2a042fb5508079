"""Pictures in the database: kept once, listed and given back within a scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from care.photos import Picture
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))
_WINDOW = timedelta(hours=1)

_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: its word ("incident:<uuid>", "adaptation:7", "visit:3"), and whose that is."""

    word: str
    station: int | None
    home: int | None
    resident: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """How many pictures somebody sent in the last hour, and how many there are of the subject."""

    lately: int
    of_subject: int


def of_visit(conn: _Connection, visit: int, paths: Sequence[str]) -> Subject | None:
    """The visit as a subject, if it is in the subtrees `paths`."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(Q["subject_of_visit"], {"id": visit, "paths": list(paths)}).fetchone()
    if row is None:
        return None
    return Subject(f"visit:{visit}", row["station_id"], row["home_id"], row["resident_id"])


def of_adaptation(conn: _Connection, task: int, paths: Sequence[str]) -> Subject | None:
    """The adaptation task as a subject, if it is in the subtrees `paths`."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(Q["subject_of_adaptation"], {"id": task, "paths": list(paths)}).fetchone()
    if row is None:
        return None
    return Subject(f"adaptation:{task}", row["station_id"], row["home_id"], row["resident_id"])


def taken(conn: _Connection, account: int, subject: str, now: datetime) -> Taken:
    """What limits are counted by."""
    values = {"account": account, "subject": subject, "since": now - _WINDOW}
    row = conn.execute(Q["taken"], values).fetchone()
    return Taken(*row) if row else Taken(0, 0)


def add(
    conn: _Connection, subject: Subject, made: Picture, account: int, taken_at: datetime, now: datetime
) -> tuple[UUID, bool]:
    """Keep a picture; returns its key and whether it is new. The same file sent again is not."""
    values = {
        "id": uuid4(), "subject": subject.word, "station": subject.station, "home": subject.home,
        "resident": subject.resident, "account": account, "taken_at": taken_at, "now": now,
        "source_sha256": made.source_sha256, "sha256": made.sha256,
        "width": made.width, "height": made.height, "jpeg": made.jpeg,
    }  # fmt: skip
    row = conn.execute(Q["add"], values).fetchone()
    if row is not None:
        return row[0], True
    known = conn.execute(Q["known"], values).fetchone()
    assert known is not None  # it stood in the way a moment ago, and nothing is ever deleted
    return known[0], False


def listed(
    conn: _Connection, paths: Sequence[str], subject: str | None = None, photo: UUID | None = None
) -> list[dict[str, Any]]:
    """Those of `subject`, or the one `photo`, in the subtrees `paths`.

    Keys: id, subject, taken_at, account_id, account_name, width, height.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        values = {"paths": list(paths), "subject": subject, "id": photo}
        return cursor.execute(Q["listed"], values).fetchall()


def jpeg(conn: _Connection, photo: UUID, paths: Sequence[str]) -> tuple[bytes, bytes] | None:
    """The picture itself and its SHA-256; None outside the subtrees `paths`."""
    row = conn.execute(Q["jpeg"], {"id": photo, "paths": list(paths)}).fetchone()
    return (bytes(row[0]), bytes(row[1])) if row else None
