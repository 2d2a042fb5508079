"""Two worlds in one database: in every table a row of each, all keys of a world being one number.

Whatever of the one world shows up in the hands of somebody of the other is a leak, and is known by that
number and by the word in every text.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from core import timeseries
from core.access.tables import TABLES

_NOW = dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC)
_LATER = dt.timedelta(days=90)
_WORDS = {
    "owner_kind": "account",
    "recipient_kind": "account",
    "role": "operator",
    "language": "zh",
    "state": "open",
    "level": "community",
    "time_zone": "Asia/Shanghai",
    "kind": "sos",
    "priority": "high",
    "severity": "high",
    "category": "ordinary",
    "way": "home",
    "result": "well",
    "channel": "webhook",
    "sex": "female",
    "living": "alone",
    "reason_key": "sos.pressed",
    "purpose": "family_view",
    "via": "operator",
    "unit": "fen",
    "sees": "all",
    "least": "low",
    "holidays": "as_usual",
    "verdict": "justified",
    "outcome": "passed",
    "what": "password",
    "resource": "Flag",
    "status": "active",
}
# Not of one world: one row for all, or keyed by what is no key of a world.
ALONE = {
    "escalation_policy",  # a form that the engine reads for everybody
    "kind_policy",
    "triage_cursor",
    "clearing",
    "retention",
    "personal_data",
    "access_digest",
    "migration",
    "audit_pending",
    "audit_link",
    "audit_anchor",
    "audit_retired",
}


@dataclass(frozen=True)
class Side:
    """One world: `key` is the key of everything in it, `word` stands in every text."""

    key: int
    word: str

    @property
    def uuid(self) -> UUID:
        return UUID(f"{self.key:032d}")  # the digits show


EAST_SIDE, WEST_SIDE = Side(700903, "eastsecret"), Side(700904, "westsecret")


def _value(side: Side, table: str, column: str, kind: str) -> Any:
    named = {
        ("station", "path"): str(side.key),
        ("station", "parent_id"): None,
        ("home", "code"): side.word,
        ("visit", "replaces"): None,
        ("incident", "closed_at"): None,
        ("quarantine", "home_code"): side.word,
        ("account", "disabled_at"): None,
        ("resident", "left_on"): None,
        ("family_home", "ended_at"): None,
        ("role_grant", "revoked_at"): None,
        ("consent", "withdrawn_at"): None,
        ("account", "kind"): "person",
        ("offer", "answer"): None,
        ("ledger_book", "owner_kind"): "resident",
        ("account", "second_factor_by"): None,
    }
    if (table, column) in named:
        return named[table, column]
    if kind in ("integer", "bigint") or (kind == "smallint" and column != "metric"):
        return side.key if kind != "smallint" else 1
    if kind == "uuid":
        return side.uuid
    # What everybody may read says nothing that could be taken for a leak.
    word = f"public {side.key}" if TABLES[table].rule.open and table != "device" else side.word
    if kind in ("text", "name", "character varying"):
        return _WORDS.get(column, word)
    return {
        "boolean": False,
        "bytea": word.encode(),
        "jsonb": Jsonb({"note": word}),
        "ltree": str(side.key),
        "date": _NOW.date(),
        "tstzrange": f"[{_NOW:%Y-%m-%d},)",
        "time without time zone": dt.time(3),
        "double precision": 1.0,
        "real": 1.0,
        "smallint": 1,
        "xid8": "1",
        "timestamp with time zone": _NOW + _LATER * (column in ("expires_at", "ends_at")),
    }.get(kind, "{}" if kind.endswith("[]") else None)


def settle_sides(
    administrator: str, sides: Sequence[Side] = (EAST_SIDE, WEST_SIDE), now: dt.datetime = _NOW
) -> None:
    """Fill every table of the database; `administrator` is a superuser's connection string to it."""
    with psycopg.connect(administrator, autocommit=True) as conn:
        with conn.transaction():
            timeseries.make_room(conn, timeseries.engine(conn), now)
        conn.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
        checks = conn.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'public'::regnamespace AND coninhcount = 0 AND conrelid <> 0"
        ).fetchall()
        for table, name in checks:
            conn.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')  # type: ignore[arg-type]
        for table in sorted(set(TABLES) - ALONE):
            for side in sides:
                _insert(conn, side, table)


def _insert(conn: psycopg.Connection[Any], side: Side, table: str) -> None:
    columns = conn.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        (table,),
    ).fetchall()
    values = {name: _value(side, table, name, kind) for name, kind in columns}
    insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) ON CONFLICT DO NOTHING")
    statement = insert.format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    try:
        conn.execute(statement, list(values.values()))
    except psycopg.Error as error:
        raise AssertionError(f"{table}: {error}; teach tests/support/sides.py its columns") from error


def rows_of(conn: psycopg.Connection[Any], side: Side, table: str) -> list[str]:
    """The rows of `table` that bear the number or the word of `side`, as text."""
    statement = sql.SQL("SELECT t::text FROM {} t WHERE t::text LIKE %s OR t::text LIKE %s ORDER BY 1")
    found = conn.execute(
        statement.format(sql.Identifier(table)), (f"%{side.key}%", f"%{side.word}%")
    ).fetchall()
    return [row[0] for row in found]
