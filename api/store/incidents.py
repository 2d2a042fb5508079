"""Incidents as rows of `incident_card`, within a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, LiteralString
from uuid import UUID

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

# Of an incident `i`, as `path` and `subjects` of incident_card say it, but on the bare row.
_IN_SCOPE: LiteralString = """(
    i.station_id IN (SELECT s.id FROM station s WHERE s.path <@ ANY(%(paths)s::ltree[]))
    OR (i.station_id IS NULL AND ''::ltree = ANY(%(paths)s::ltree[]))
    OR i.resident_id = ANY(%(residents)s::int[])
    OR (i.resident_id IS NULL AND EXISTS (
        SELECT FROM residence l
        WHERE l.resident_id = ANY(%(residents)s::int[])
          AND l.home_id = i.home_id AND l.during @> i.onset)))"""
_NARROWED: LiteralString = """(%(station)s::int IS NULL OR i.station_id IN (
        SELECT s.id FROM station s JOIN station top ON s.path <@ top.path WHERE top.id = %(station)s::int))
    AND (%(resident)s::int IS NULL OR i.resident_id = %(resident)s::int
         OR (i.resident_id IS NULL AND EXISTS (
             SELECT FROM residence l WHERE l.resident_id = %(resident)s::int
               AND l.home_id = i.home_id AND l.during @> i.onset)))"""
_RANK: LiteralString = "(CASE i.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END)"

_SQL: Mapping[str, LiteralString] = {
    name: text.replace("{in_scope}", _IN_SCOPE).replace("{narrowed}", _NARROWED).replace("{rank}", _RANK)
    for name, text in queries.load(Path(__file__).with_suffix(".sql")).items()
}

Which = Literal["active", "closed", "all"]


@dataclass(frozen=True, slots=True)
class After:
    """The sort key of the last row of the page before; `rank` only where it sorts by priority."""

    at: datetime
    id: UUID
    rank: int = 0


async def page(
    conn: Connection,
    scope: Scope,
    which: Which,
    limit: int,
    after: After | None = None,
    station: int | None = None,
    resident: int | None = None,
) -> list[Row]:
    """At most `limit` incidents behind `after`."""
    params = {
        **scope.params,
        "station": station,
        "resident": resident,
        "after_rank": after.rank if after else None,
        "after_at": after.at if after else None,
        "after_id": after.id if after else None,
        "limit": limit,
    }
    return await (await conn.execute(_SQL[which], params)).fetchall()


async def one(conn: Connection, scope: Scope, incident: UUID) -> Row | None:
    """The incident, if it is in `scope`."""
    return await (await conn.execute(_SQL["one"], {**scope.params, "id": incident})).fetchone()


async def some(conn: Connection, ids: Sequence[UUID]) -> list[Row]:
    """These incidents whatever their scope: only for a reader that looks at `path` and `subjects` itself."""
    return await (await conn.execute(_SQL["some"], {"ids": list(ids)})).fetchall()


async def of_kinds(conn: Connection, scope: Scope, kinds: Sequence[str], since: datetime) -> list[Row]:
    """Incidents of these kinds that are open or changed since; 500 at most."""
    params = {**scope.params, "kinds": list(kinds), "since": since}
    return await (await conn.execute(_SQL["of_kinds"], params)).fetchall()


async def station_of(conn: Connection, station: int | None) -> Row:
    """station_code and station_phone; empty for the platform itself."""
    row = await (await conn.execute(_SQL["station_of"], {"id": station})).fetchone()
    return row or {"station_code": "", "station_phone": ""}


async def recent(conn: Connection, scope: Scope, incident: UUID, resident: int) -> list[Row]:
    """The last five other incidents of `resident`."""
    params = {**scope.params, "id": incident, "resident": resident}
    return await (await conn.execute(_SQL["recent"], params)).fetchall()


async def of_day(
    conn: Connection, scope: Scope, resident: int, since: datetime, until: datetime
) -> list[Row]:
    """Incidents of `resident` in a day, and older ones that are open still."""
    params = {**scope.params, "resident": resident, "since": since, "until": until}
    return await (await conn.execute(_SQL["of_day"], params)).fetchall()


async def told(conn: Connection, incidents: Sequence[UUID]) -> set[UUID]:
    """Those of `incidents` whose alarm, since they opened last, has reached a desk or an operator."""
    rows = await (await conn.execute(_SQL["told"], {"ids": list(incidents)})).fetchall()
    return {row["incident_id"] for row in rows}


async def events(conn: Connection, incident: UUID) -> list[Row]:
    """The life of an incident; whoever asks has looked at the scope with `one`."""
    return await (await conn.execute(_SQL["events"], {"id": incident})).fetchall()


async def findings(conn: Connection, incident: UUID) -> list[Row]:
    """What detectors said; whoever asks has looked at the scope with `one`."""
    return await (await conn.execute(_SQL["findings"], {"id": incident})).fetchall()


async def person(conn: Connection, resident: int) -> Row | None:
    """born, living, ability_grade, risks, phone of a resident in scope."""
    return await (await conn.execute(_SQL["person"], {"resident": resident})).fetchone()


async def contacts(conn: Connection, residents: Sequence[int]) -> list[Row]:
    """Whom to call for residents in scope."""
    return await (await conn.execute(_SQL["contacts"], {"residents": list(residents)})).fetchall()


async def access_note(conn: Connection, home: int) -> str:
    """How to get into a home in scope."""
    row = await (await conn.execute(_SQL["access_note"], {"home": home})).fetchone()
    return row["access_note"] if row else ""
