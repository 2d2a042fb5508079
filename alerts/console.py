"""What a station console is shown and what it may say: MQTT payloads, without anybody's name."""

import json
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import store
from alerts.actions import act
from alerts.delivery import receipts
from alerts.incident import CLOSED
from alerts.lifecycle import Action
from core import messages
from core.instant import from_datetime, iso

ACT_TOPIC = "nw/v1/station/+/act"
_MAX_BYTES = 4096


def topic(station: str, incident: UUID) -> str:
    """Where the console of `station` (code) finds an incident."""
    return f"nw/v1/station/{station}/incident/{incident}"


def siren_topic(station: str) -> str:
    """Where the sirens and lamps of `station` (code) find how urgent it is."""
    return f"nw/v1/station/{station}/siren"


def payload(row: tuple[Any, ...]) -> tuple[dict[str, Any], bool]:
    """(what is shown, is it over) of a row of the query `for_console`."""
    zone = row[16] or "UTC"
    instants = {
        name: iso(from_datetime(value)) if value else None
        for name, value in zip(("onset", "opened_at", "next_step_at", "closed_at"), row[7:11], strict=True)
    }
    shown = {
        "id": str(row[0]),
        "number": row[1],
        "version": row[2],
        "kind": row[3],
        "severity": row[4],
        "priority": row[5],
        "state": row[6],
        **instants,
        "level": row[11],
        "text": messages.both(row[12], row[13], zone),
        "title": _title(row[3], row[17], zone),
        "home": row[14],
        "resident": row[15],
        "drill": row[17],
    }
    return shown, row[6] in CLOSED


def take_action(conn: Connection[Any], topic_text: str, payload_bytes: bytes, now: int) -> str:
    """Carry out what a console asked for; returns one word about what became of it.

    A console acts only on incidents of its own station and those below. Bad input is refused, never raised.
    """
    try:
        station = _clean(topic_text.split("/")[3])
        asked = json.loads(payload_bytes[:_MAX_BYTES])
        incident_id = UUID(asked["incident"])
        action = Action(
            str(asked["action"]),
            None,
            outcome=asked.get("outcome"),
            note=_clean(str(asked.get("note", "")))[:500],
            seen_version=asked.get("version") if isinstance(asked.get("version"), int) else None,
            via=f"console:{station}",
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return "malformed"
    with conn.transaction():
        inside = conn.execute(store.Q["in_subtree"], {"id": incident_id, "station": station}).fetchone()
    if not inside:
        return "unknown-incident"
    if action.name == "shown":
        receipts.shown(conn, incident_id, station, now)
        return "shown"
    _, refusal = act(conn, incident_id, action, now)
    return str(refusal) if refusal else "done"


def _title(kind: str, drill: bool, zone: str) -> dict[str, str]:
    title = messages.both(f"title.{kind}", {}, zone)
    if not drill:
        return title
    marks = messages.both("notice.drill", {}, zone)
    return {language: f"{marks[language]} {title[language]}" for language in title}


def _clean(text: str) -> str:
    """Without what the database cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode(errors="replace").decode()
