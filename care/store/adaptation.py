"""Adaptation tasks in the database: a step is one transaction, and the second of two is told so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from care.adaptation.lifecycle import HAZARDS, Event, Refusal, State, Task, apply, decide
from care.store.errors import CareError, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries
from core.instant import from_datetime, to_datetime

Q = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard somebody found."""

    hazard: str
    room: str = ""
    note: str = ""


def open_(
    conn: Connection, resident: int, found: Sequence[Found], source: str, now: datetime, account: int | None
) -> list[int]:
    """A task for each hazard; returns their keys. Raises CareError for a word that is no hazard, Unknown."""
    keys = []
    with conn.transaction():
        for one in found:
            if one.hazard not in HAZARDS:
                raise CareError("there is no such hazard")
            values = {"hazard": one.hazard, "room": one.room, "note": one.note, "source": source}
            task = key(conn, Q["open"], {**values, "resident": resident, "now": now, "account": account})
            if task is None:
                raise Unknown(f"there is no resident {resident}")
            _write(conn, task, 1, Event("opened", from_datetime(now), account))
            keys.append(task)
    return keys


def page(
    conn: Connection, scope: Row, limit: int, *, task: int | None = None, resident: int | None = None,
    station: int | None = None, state: str | None = None, before: int | None = None,
) -> list[Row]:  # fmt: skip
    """Tasks of the scope, the latest first."""
    values = {"task": task, "resident": resident, "station": station, "state": state, "before": before}
    return rows(conn, Q["page"], {**scope, **values, "limit": limit})


def one(conn: Connection, scope: Row, task: int) -> Row:
    """A task of the scope with its `events`; raises Unknown."""
    found = page(conn, scope, 1, task=task)
    if not found:
        raise Unknown(f"there is no task {task}")
    return found[0] | {"events": rows(conn, Q["events"], {"task": task})}


def act(
    conn: Connection, task: int, action: str, now: datetime, account: int, *, seen: int | None = None,
    note: str = "", day: str | None = None,
) -> Task | Refusal:  # fmt: skip
    """Carry out `action`; returns the task afterwards, or why not. Raises Unknown."""
    with conn.transaction():
        held = row(conn, Q["hold"], {"task": task})
        if held is None:
            raise Unknown(f"there is no task {task}")
        before = of_row(held)
        event = decide(before, action, from_datetime(now), account, seen=seen, note=note, day=day)
        if isinstance(event, Refusal):
            return event
        after = apply(before, event)
        _write(conn, task, after.version, event)
        conn.execute(Q["update"], _columns(task, after))
        return after


def of_row(held: Row) -> Task:
    """The task in a row; instants may be datetimes or microseconds."""
    day = held["planned_for"]
    return Task(
        State(held["state"]), held["version"], _micro(held.get("since", held.get("state_since"))) or 0,
        None if day is None else day.isoformat(), _micro(held["done_at"]), held["done_by"],
    )  # fmt: skip


def _micro(value: Any) -> int | None:
    return from_datetime(value) if isinstance(value, datetime) else value


def _columns(task: int, after: Task) -> Row:
    return {
        "task": task,
        "version": after.version,
        "state": str(after.state),
        "since": to_datetime(after.since),
        "day": after.day,
        "done_at": None if after.done_at is None else to_datetime(after.done_at),
        "done_by": after.done_by,
    }


def _write(conn: Connection, task: int, n: int, event: Event) -> None:
    values = {"task": task, "n": n, "at": to_datetime(event.at), "kind": event.kind, "account": event.account}
    conn.execute(Q["add_event"], {**values, "data": Jsonb(dict(event.data))})
