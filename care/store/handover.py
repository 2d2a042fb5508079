"""Gathering a hand-over: one look at everything, at one instant."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from care.community import Contact
from care.handover.facts import Handover, Happening, Vital
from care.store.errors import Unknown
from core import messages, queries
from core.quantity import BY_NAME

Q = queries.load(Path(__file__).with_suffix(".sql"))

_VITALS = [
    BY_NAME[name].id
    for name in (
        "heart_rate",
        "spo2",
        "body_temperature",
        "respiration",
        "systolic",
        "diastolic",
        "glucose",
        "weight",
    )
]
_ACTIVITY = [BY_NAME[name].id for name in ("presence", "door", "bed", "chair", "appliance")]


def gather(
    conn: psycopg.Connection[Any], resident: int, now: datetime, incident: UUID | None = None
) -> Handover:
    """Everything about a person as of `now`; `incident` names the one it is about, else the latest open one.

    Raises Unknown when there is no such resident.
    """
    values: dict[str, Any] = {"resident": resident, "now": now, "incident": incident}
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        person = cursor.execute(Q["person"], values).fetchone()
        if person is None:
            raise Unknown(f"there is no resident {resident}")
        home, zone = person.pop("home"), person.pop("time_zone")
        contacts = cursor.execute(Q["contacts"], values).fetchall()
        seen = {**values, "home": home, "zone": zone}
        vitals = conn.execute(Q["vitals"], {**seen, "metrics": _VITALS}).fetchall()
        hours = conn.execute(Q["active_hours"], {**seen, "metrics": _ACTIVITY}).fetchall()
        found = cursor.execute(Q["incident"], values).fetchone()
    return Handover(
        resident=person.pop("id"),
        grade=person.pop("ability_grade"),
        zone=zone,
        made_at=now,
        contacts=tuple(Contact(**contact) for contact in contacts),
        vitals=tuple(Vital(*row) for row in vitals),
        active_hours=tuple(row[0] for row in hours),
        happening=_happening(found, zone) if found else None,
        **person,
    )


def _happening(row: dict[str, Any], zone: str) -> Happening:
    return Happening(
        row["number"],
        messages.both(f"title.{row['kind']}", {}, zone),
        messages.both(row["reason_key"], row["reason_params"], zone),
        row["onset"],
        row["state"],
    )
