"""/stations/{station}/duty and what says who is on it; /holidays."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from alerts.roster import duty as rules
from alerts.roster import store
from api import rosters
from api.acting import in_thread
from api.guard import Signed
from api.models.duty import (
    Colleague,
    Colleagues,
    Duty,
    Holiday,
    Holidays,
    NewHoliday,
    NewOverride,
    NewRotation,
    NewShift,
    Override,
    Overrides,
    Rotation,
    Rotations,
    Shift,
    Shifts,
)
from api.models.words import Day, InstantQuery, KeyPath
from api.parts import Needs
from api.policy import Action
from api.problems import Problem, not_found
from api.store import places
from core.instant import DAY, from_datetime

router = APIRouter(tags=["duty"])

_AHEAD = 7 * DAY
_MONTH = timedelta(days=31)
_LONGEST = timedelta(days=400)
AT = "/stations/{station}"


@router.get(AT + "/duty")
async def read_duty(station: KeyPath, caller: Signed, parts: Needs, at: InstantQuery = None) -> Duty:
    """Who is on duty `at` (by default now), who comes in the seven days after, and when nobody does."""
    await rosters.station(parts, caller, station, Action.SEE_DUTY)
    instant = from_datetime(at) if at is not None else parts.clock.now()
    now_on = await in_thread(parts, store.on_duty, station, instant)
    coming = await in_thread(parts, store.coming, station, instant, instant + _AHEAD)
    gaps = await in_thread(parts, store.gaps, station, instant, instant + _AHEAD)
    known = await rosters.names(parts, (one.stretch.account for one in (*now_on, *coming)))
    return Duty(
        on_duty=[rosters.on_duty(one, known) for one in now_on],
        next=[rosters.on_duty(one, known) for one in coming if one.stretch.start > instant],
        gaps=[rosters.gap(one) for one in gaps],
    )


@router.get(AT + "/people")
async def read_people(station: KeyPath, caller: Signed, parts: Needs) -> Colleagues:
    """Who may be put on duty: staff of the station and of those above it."""
    await rosters.station(parts, caller, station, Action.SEE_DUTY)
    async with parts.pool.connection() as conn:
        rows = await places.people(conn, station)
    return Colleagues(items=[Colleague(**row) for row in rows])


@router.get(AT + "/shifts")
async def read_shifts(station: KeyPath, caller: Signed, parts: Needs) -> Shifts:
    """The weekly shifts."""
    await rosters.station(parts, caller, station, Action.SEE_DUTY)
    found = await in_thread(parts, store.shifts, station)
    known = await rosters.names(parts, (one.account for one in found))
    return Shifts(items=[rosters.shift(one, known) for one in found])


@router.post(AT + "/shifts", status_code=201)
async def add_shift(station: KeyPath, wish: NewShift, caller: Signed, parts: Needs) -> Shift:
    """One more shift. 422 `bad-roster`, `not-staff`."""
    return await _put_shift(station, 0, wish, caller, parts)


@router.put(AT + "/shifts/{shift}")
async def put_shift(station: KeyPath, shift: KeyPath, wish: NewShift, caller: Signed, parts: Needs) -> Shift:
    """In place of the one of this key, which stays known as the past; the answer has a key of its own."""
    return await _put_shift(station, shift, wish, caller, parts)


async def _put_shift(station: int, key: int, wish: NewShift, caller: Signed, parts: Needs) -> Shift:
    await rosters.station(parts, caller, station, Action.RUN_STATION)
    await rosters.check_people(parts, station, [wish.account_id])
    kept = rosters.to_shift(wish, key)
    try:
        one = await in_thread(parts, store.put_shift, station, kept, parts.clock.now())
    except store.BadRoster as error:
        raise rosters.bad(error) from error
    return rosters.shift(one, await rosters.names(parts, [one.account]))


@router.delete(AT + "/shifts/{shift}", status_code=204)
async def remove_shift(station: KeyPath, shift: KeyPath, caller: Signed, parts: Needs) -> None:
    """It ends; who was on duty when stays known."""
    await _remove("shift", station, shift, caller, parts)


@router.get(AT + "/rotations")
async def read_rotations(station: KeyPath, caller: Signed, parts: Needs) -> Rotations:
    """Who has duty by turns."""
    await rosters.station(parts, caller, station, Action.SEE_DUTY)
    found = await in_thread(parts, store.rotations, station)
    known = await rosters.names(parts, (account for one in found for account in one.members))
    return Rotations(items=[rosters.rotation(one, known) for one in found])


@router.post(AT + "/rotations", status_code=201)
async def add_rotation(station: KeyPath, wish: NewRotation, caller: Signed, parts: Needs) -> Rotation:
    """One more rotation. 422 `bad-roster`, `not-staff`."""
    return await _put_rotation(station, 0, wish, caller, parts)


@router.put(AT + "/rotations/{rotation}")
async def put_rotation(
    station: KeyPath, rotation: KeyPath, wish: NewRotation, caller: Signed, parts: Needs
) -> Rotation:
    """In place of the one of this key; the answer has a key of its own."""
    return await _put_rotation(station, rotation, wish, caller, parts)


async def _put_rotation(station: int, key: int, wish: NewRotation, caller: Signed, parts: Needs) -> Rotation:
    await rosters.station(parts, caller, station, Action.RUN_STATION)
    await rosters.check_people(parts, station, wish.members)
    kept = rosters.to_rotation(wish, key)
    try:
        one = await in_thread(parts, store.put_rotation, station, kept, parts.clock.now())
    except store.BadRoster as error:
        raise rosters.bad(error) from error
    return rosters.rotation(one, await rosters.names(parts, one.members))


@router.delete(AT + "/rotations/{rotation}", status_code=204)
async def remove_rotation(station: KeyPath, rotation: KeyPath, caller: Signed, parts: Needs) -> None:
    """It ends."""
    await _remove("rotation", station, rotation, caller, parts)


@router.get(AT + "/overrides")
async def read_overrides(
    station: KeyPath,
    caller: Signed,
    parts: Needs,
    since: Annotated[InstantQuery, Query(alias="from")] = None,
    until: Annotated[InstantQuery, Query(alias="to")] = None,
) -> Overrides:
    """Those that touch the time asked for, by default the next 31 days."""
    await rosters.station(parts, caller, station, Action.SEE_DUTY)
    first = since or parts.now
    last = until or first + _MONTH
    if last - first > _LONGEST:
        raise Problem(422, "span-too-long", "at most 400 days at once")
    found = await in_thread(parts, store.overrides, station, from_datetime(first), from_datetime(last))
    known = await rosters.names(parts, (who for one in found for who in (one.account, one.replaces)))
    return Overrides(items=[rosters.override(one, known) for one in found])


@router.post(AT + "/overrides", status_code=201)
async def add_override(station: KeyPath, wish: NewOverride, caller: Signed, parts: Needs) -> Override:
    """Somebody comes, stays away or stands in. 422 `bad-roster`, `not-staff`."""
    await rosters.station(parts, caller, station, Action.RUN_STATION)
    people = [who for who in (wish.account_id, wish.replaces) if who is not None]
    await rosters.check_people(parts, station, people)
    kept, account = rosters.to_override(wish), caller.session.account
    try:
        one = await in_thread(parts, store.put_override, station, kept, parts.clock.now(), account)
    except store.BadRoster as error:
        raise rosters.bad(error) from error
    return rosters.override(one, await rosters.names(parts, people))


@router.delete(AT + "/overrides/{override}", status_code=204)
async def remove_override(station: KeyPath, override: KeyPath, caller: Signed, parts: Needs) -> None:
    """As if it had never been meant."""
    await _remove("override", station, override, caller, parts)


async def _remove(what: str, station: int, key: int, caller: Signed, parts: Needs) -> None:
    await rosters.station(parts, caller, station, Action.RUN_STATION)
    if not await in_thread(parts, store.remove, what, station, key, parts.clock.now()):
        raise not_found()


@router.get("/holidays")
async def read_holidays(caller: Signed, parts: Needs) -> Holidays:
    """The holidays of the next year."""
    caller.scope(Action.SEE_DUTY)
    now = parts.clock.now()
    found = await in_thread(parts, store.holidays, now, now + 366 * DAY)
    return Holidays(items=[_holiday(one) for one in found])


@router.put("/holidays/{day}")
async def put_holiday(day: Day, wish: NewHoliday, caller: Signed, parts: Needs) -> Holiday:
    """Make `day` a holiday, or one that is worked as another day; for who runs everything."""
    _whole(caller)
    kept = rules.Holiday(day, wish.name, wish.works_as)
    await in_thread(parts, store.put_holiday, kept)
    return _holiday(kept)


@router.delete("/holidays/{day}", status_code=204)
async def remove_holiday(day: Day, caller: Signed, parts: Needs) -> None:
    """Make `day` an ordinary one again."""
    _whole(caller)
    if not await in_thread(parts, store.remove_holiday, day):
        raise not_found()


def _whole(caller: Signed) -> None:
    if not caller.scope(Action.RUN_STATION).whole:
        raise Problem(403)


def _holiday(one: rules.Holiday) -> Holiday:
    return Holiday(day=one.day, name=one.name, works_as=one.works_as)
