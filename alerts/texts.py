"""What to say: to the resident, to the emergency number, to the family. Drafts to be read aloud, in both
languages; whoever asks for them may see the names."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from alerts import store
from core import messages
from core.instant import from_datetime, to_datetime

KEYS = ("call", "emergency", "family")
Texts = dict[str, dict[str, str]]


def drafts(conn: Connection[Any], incident_id: UUID, now: int) -> Texts | None:
    """{"call": {"zh": ..., "en": ...}, "emergency": ..., "family": ...}; None: no such incident."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(store.Q["for_texts"], {"id": incident_id}).fetchone()
    if row is None:
        return None
    return {
        key: {language: draft(key, row, language, now) for language in messages.LANGUAGES} for key in KEYS
    }


def draft(key: str, row: Mapping[str, Any], language: str, now: int) -> str:
    """The draft `key` of a row of the query `for_texts` at the instant `now` (Unix microseconds).

    A sentence whose facts are not known is left out: nobody reads "room: ?" to an emergency number.
    """
    zone = row["time_zone"] or "UTC"
    known = {
        "what": messages.render(f"title.{row['kind']}", {}, language, zone),
        "name": row["name"] or "",
        "since_at": from_datetime(row["onset"]),
        "ago_s": max(0, (now - from_datetime(row["onset"])) / 1e6),
        "address": row["address"] or "",
        "access": row["access_note"] or "",
        "station": row["station_en" if language == "en" and row["station_en"] else "station"] or "",
        "phone": row["phone"] or "",
        "room": (row["reason_params"] or {}).get("room") or "",
        "risks": row["risks"] or "",
        "number": row["number"],
        "drill": "drill" if row["drill"] else "",
    }
    if row["born"] is not None:
        known["age"] = (to_datetime(now).date() - row["born"]).days // 365.2425
    if row["sex"]:
        known["sex"] = messages.render(f"text.{row['sex']}", {}, language, zone)
    sentences = []
    for name, needed in _SENTENCES[key]:
        if all(known.get(fact) not in (None, "") for fact in needed):
            facts = known | {"age": f"{known['age']:.0f}"} if "age" in known else known
            sentences.append(messages.render(f"text.{name}", facts, language, zone))
    return ("" if language == "zh" else " ").join(sentences)


# Each draft: its sentences, and what must be known for each.
_SENTENCES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "call": (
        ("call.who", ("station",)),
        ("call.what", ()),
        ("call.ask", ()),
    ),
    "emergency": (
        ("emergency.drill", ("drill",)),
        ("emergency.who", ("station",)),
        ("emergency.what", ()),
        ("emergency.person", ("age", "sex")),
        ("emergency.where", ("address",)),
        ("emergency.room", ("room",)),
        ("emergency.access", ("access",)),
        ("emergency.risks", ("risks",)),
        ("emergency.back", ("phone",)),
        ("emergency.number", ()),
    ),
    "family": (
        ("family.who", ("station",)),
        ("family.what", ("name",)),
        ("family.done", ()),
        ("family.back", ("phone",)),
    ),
}
