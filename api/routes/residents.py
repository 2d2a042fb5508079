"""/residents: who they are, how they are, their day and their readings."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api import paging, showing, today
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.residents import Counts, LiveState, Readings, ResidentFull, Residents, Today
from api.models.words import InstantQuery, KeyPath, KeyQuery, Line
from api.paging import Cursor, LongLimit
from api.parts import Connection, Needs, Parts, Row
from api.policy import Action, Scope
from api.problems import Problem, not_found
from api.store import devices, incidents, residents
from api.store.residents import Wanted
from care.store import people
from core.quantity import BY_NAME

router = APIRouter(prefix="/residents", tags=["residents"])

_LONGEST = timedelta(days=366)


@router.get("")
async def read_page(
    caller: Signed,
    parts: Needs,
    q: Annotated[
        Line | None, Query(max_length=60, description="name, pinyin, initials, telephone, home code, address")
    ] = None,
    station: KeyQuery = None,
    state: Annotated[LiveState | None, Query()] = None,
    cursor: Cursor = None,
    limit: LongLimit = paging.DEFAULT,
) -> Residents:
    """Residents by key, with their live state; `station` includes the stations below it."""
    after = paging.decode(cursor, [int])
    scope, now = caller.scope(Action.SEE_RESIDENTS), parts.now
    known, all_found = await _known(parts, scope, q) if q else ([], False)
    async with parts.pool.connection() as conn:
        ids = known[:limit] if all_found else None
        wanted = Wanted(q=None if all_found else q, station=station, state=state, ids=ids)
        rows = await residents.page(conn, scope, wanted, now, limit + 1, after[0] if after else None)
    if all_found:  # the closest come first, and there are few
        rows.sort(key=lambda row: known.index(row["id"]))
        return Residents(items=[showing.resident(row, now) for row in rows[:limit]], next=None)
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return Residents(items=[showing.resident(row, now) for row in kept], next=following)


async def _known(parts: Parts, scope: Scope, q: str) -> tuple[list[int], bool]:
    """Residents by the beginning of a name, its pinyin or initials, by a telephone number or how the home
    begins, the closest first; and whether nobody else is to be looked for."""
    if not scope.paths:
        return [], False
    return await in_thread(parts, people.look_up, q, scope.paths, paging.MOST)


@router.get("/counts")
async def read_counts(caller: Signed, parts: Needs, station: KeyQuery = None) -> Counts:
    """How many residents are in each state; `station` includes the stations below it."""
    scope = caller.scope(Action.SEE_RESIDENTS)
    async with parts.pool.connection() as conn:
        found = await residents.counts(conn, scope, station, parts.now)
    return Counts(total=sum(found.values()), **found)


async def _found(conn: Connection, caller: Caller, parts: Parts, resident: int) -> Row:
    row = await residents.one(conn, caller.scope(Action.SEE_RESIDENTS), resident, parts.now)
    if row is None:
        raise not_found()
    return row


@router.get("/{resident}")
async def read(resident: KeyPath, caller: Signed, parts: Needs) -> ResidentFull:
    """One resident. Contacts and devices are for station staff only."""
    async with parts.pool.connection() as conn:
        row = await _found(conn, caller, parts, resident)
        person = await incidents.person(conn, resident)
        staff = caller.may(Action.SEE_CONTACTS).covers(row["path"], (row["id"],))
        contacts = await incidents.contacts(conn, [resident]) if staff else []
        installed = await devices.of_resident(conn, resident, parts.now) if staff else []
    return ResidentFull(
        **dict(showing.resident(row, parts.now)),
        phone=person["phone"] if person else "",
        risks=person["risks"] if person else "",
        contacts=[showing.contact(one, row["time_zone"], parts.now) for one in contacts],
        devices=[showing.device(one) for one in installed],
        time_zone=row["time_zone"],
    )


@router.get("/{resident}/today")
async def read_today(resident: KeyPath, caller: Signed, parts: Needs) -> Today:
    """The day so far in the resident's own time zone, beside an average day."""
    async with parts.pool.connection() as conn:
        row = await _found(conn, caller, parts, resident)
        return await today.tell(conn, caller.scope(Action.SEE_INCIDENTS), row, parts.now)


@router.get("/{resident}/readings")
async def read_readings(
    resident: KeyPath,
    caller: Signed,
    parts: Needs,
    metric: Annotated[str, Query(max_length=40, examples=["heart_rate"])],
    since: Annotated[InstantQuery, Query(alias="from")] = None,
    until: Annotated[InstantQuery, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Readings:
    """One quantity over time (by default a day), oldest first; the latest `limit` values of the span."""
    quantity = BY_NAME.get(metric)
    if quantity is None:
        raise Problem(422, "unknown-metric", "there is no such metric")
    last = until or parts.now
    first = since or last - timedelta(days=1)
    if last - first > _LONGEST:
        raise Problem(422, "span-too-long", "at most 366 days at once")
    async with parts.pool.connection() as conn:
        await _found(conn, caller, parts, resident)
        rows = await residents.readings(conn, resident, quantity.id, first, last, limit)
    return Readings(
        metric=quantity.name, unit=quantity.unit, points=[(row["time"], row["value"]) for row in rows]
    )
