"""Seals what was written before there were keys, or past the program: after each migration."""

import logging
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from core import sealed

log = logging.getLogger(__name__)

_STRETCH = 2000
_LEFT = """
SELECT r.id, r.seal_key, r.name, r.phone, i.number
FROM resident r LEFT JOIN resident_identity i ON i.resident_id = r.id
WHERE r.id > %(after)s AND r.name <> 'erased-' || r.id AND (
      (r.name <> '' AND NOT r.name ^@ %(mark)s) OR (r.phone <> '' AND NOT r.phone ^@ %(mark)s)
      OR NOT i.number ^@ %(mark)s
      OR EXISTS (SELECT FROM contact c WHERE c.resident_id = r.id AND (
                 (c.name <> '' AND NOT c.name ^@ %(mark)s) OR (c.phone <> '' AND NOT c.phone ^@ %(mark)s))))
ORDER BY r.id LIMIT %(most)s FOR UPDATE OF r"""
_PEOPLE = """
UPDATE resident r SET name = n.name, phone = n.phone, seal_key = n.place
FROM unnest(%s::int[], %s::text[], %s::text[], %s::bigint[]) AS n (id, name, phone, place)
WHERE r.id = n.id"""
_NUMBERS = """
UPDATE resident_identity i SET number = n.number
FROM unnest(%s::int[], %s::text[]) AS n (id, number) WHERE i.resident_id = n.id"""
_CONTACTS = """
UPDATE contact c SET name = n.name, phone = n.phone
FROM unnest(%s::int[], %s::text[], %s::text[]) AS n (id, name, phone) WHERE c.id = n.id"""
# What was changed in a name, a number or the contacts stands in the history of the record, too.
_CHANGES = """
SELECT id, resident_id, before, after FROM resident_change
WHERE resident_id = ANY(%s) AND what IN ('name', 'phone', 'contacts')"""
_CHANGE = "UPDATE resident_change SET before = %s, after = %s WHERE id = %s"


def seal_rows(conn: Connection[Any]) -> int:
    """Seal what is not sealed yet, as the owner; returns of how many people. Raises SealedError."""
    conn.execute("INSERT INTO key_book (mark) VALUES (%s) ON CONFLICT DO NOTHING", (sealed.mark(),))
    sealed.belongs(conn)
    sealed.reach(conn)
    done, after = 0, 0
    while True:
        with conn.transaction():
            values = {"after": after, "mark": sealed.MARK, "most": _STRETCH}
            found = conn.execute(_LEFT, values).fetchall()
            if not found:
                return done
            _seal(conn, found)
        done, after = done + len(found), found[-1][0]


def _seal(conn: Connection[Any], found: list[Any]) -> None:
    fresh = iter(sealed.places(conn, len(found)))
    place = {row[0]: row[1] or next(fresh) for row in found}
    ids = list(place)
    names, phones = ([sealed.seal(row[n], place[row[0]]) for row in found] for n in (2, 3))
    conn.execute(_PEOPLE, (ids, names, phones, list(place.values())))
    numbers = [(row[0], sealed.seal(row[4], place[row[0]])) for row in found if row[4]]
    conn.execute(_NUMBERS, ([one[0] for one in numbers], [one[1] for one in numbers]))
    contacts = conn.execute(
        "SELECT id, resident_id, name, phone FROM contact WHERE resident_id = ANY(%s)", (ids,)
    ).fetchall()
    sealed_contacts = [
        (one[0], sealed.seal(one[2], place[one[1]]), sealed.seal(one[3], place[one[1]])) for one in contacts
    ]
    conn.execute(_CONTACTS, tuple([one[n] for one in sealed_contacts] for n in range(3)))
    conn.execute("INSERT INTO clearing DEFAULT VALUES")  # the history takes changes of no other kind
    for key, resident, *told in conn.execute(_CHANGES, (ids,)).fetchall():
        shut = [_json(sealed.sealed_within(sealed.opened_within(one), place[resident])) for one in told]
        conn.execute(_CHANGE, (*shut, key))
    conn.execute("DELETE FROM clearing")


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)
