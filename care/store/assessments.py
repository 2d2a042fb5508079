"""Assessments: written once, graded by the scale in force; and who should be assessed anew."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from care.assessment import grading, scale
from care.assessment.grading import Graded, Health, RiskEvent
from care.store.errors import Unknown
from core import queries
from core.instant import from_datetime

Q = queries.load(Path(__file__).with_suffix(".sql"))

_Connection = psycopg.Connection[Any]


def record(
    conn: _Connection,
    resident: int,
    answers: Mapping[str, int],
    health: Health,
    at: datetime,
    now: datetime,
    assessors: str = "",
    account: int | None = None,
    request: UUID | None = None,
) -> tuple[int, Graded]:
    """Write down an assessment made at `at`; the resident's grade follows the latest one.

    Returns its key and the result. Raises grading.AssessmentError on incomplete answers and Unknown when
    there is no such resident.
    """
    table = scale.current()
    graded = grading.grade(table, answers, health, from_datetime(at))
    values = {
        "resident": resident,
        "at": at,
        "scale": table.version,
        "answers": Jsonb(dict(answers)),
        "health": Jsonb(asdict(health)),
        "total": graded.total,
        "preliminary": graded.preliminary,
        "grade": graded.grade,
        "changes": [str(change) for change in graded.changes],
        "assessors": assessors,
        "account": account,
        "now": now,
        "request": request,
    }
    with conn.transaction():
        try:
            row = conn.execute(Q["add"], values).fetchone()
        except psycopg.errors.ForeignKeyViolation as error:
            raise Unknown(f"there is no resident {resident}") from error
        conn.execute(Q["set_grade"], {"resident": resident})
    return (row[0] if row else 0), graded


def once(
    conn: _Connection,
    request: UUID | None,
    resident: int,
    answers: Mapping[str, int],
    health: Health,
    at: datetime,
    now: datetime,
    assessors: str,
    account: int | None,
) -> tuple[int, bool]:
    """As `record`, but a form that is sent again with the same `request` is written once.

    Returns the key, and whether it is new.
    """
    with conn.transaction():
        if request is not None:
            conn.execute(Q["lock"], {"resident": resident})
            before = conn.execute(Q["by_request"], {"request": request}).fetchone()
            if before is not None:
                return int(before[0]), False
        key, _ = record(conn, resident, answers, health, at, now, assessors, account, request)
    return key, True


def of_resident(conn: _Connection, resident: int) -> list[dict[str, Any]]:
    """Every assessment of a person, the latest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(Q["of_resident"], {"resident": resident}).fetchall()


def risks_of(conn: _Connection, resident: int, now: datetime) -> tuple[RiskEvent, ...]:
    """A person's confirmed risk events of the last 30 days, the oldest first."""
    values = {"since": now - timedelta(microseconds=grading.RISK_WITHIN), "resident": resident}
    return tuple(RiskEvent(*row) for row in conn.execute(Q["risks_of"], values))


def last(conn: _Connection, residents: Sequence[int]) -> dict[int, int]:
    """When these people were last assessed (Unix microseconds)."""
    return dict(conn.execute(Q["last_of"], {"residents": list(residents)}).fetchall())


def due(conn: _Connection, paths: Sequence[str], now: datetime) -> dict[int, tuple[RiskEvent, ...]]:
    """Residents below `paths` who should be assessed anew, each with the confirmed events that say so."""
    events: dict[int, list[RiskEvent]] = defaultdict(list)
    since = now - timedelta(microseconds=grading.RISK_WITHIN)
    for resident, at, kind, source in conn.execute(Q["risk_events"], {"since": since, "paths": list(paths)}):
        events[resident].append(RiskEvent(at, kind, source))
    assessed = last(conn, list(events))
    instant = from_datetime(now)
    proposed = {key: grading.reassess(some, assessed.get(key), instant) for key, some in events.items()}
    return {key: some for key, some in proposed.items() if some}
