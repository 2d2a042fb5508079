"""How a resident is watched over: profile, places; and who is worth a visit."""

from typing import Annotated

from fastapi import APIRouter, Query

from alerts import settings
from api import paging
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.home_life import Datum
from api.models.incidents import HomeAddress
from api.models.watching import (
    Monitoring,
    MonitoringNow,
    Place,
    Places,
    PutPlaces,
    WorthAVisit,
    WorthVisits,
)
from api.models.words import KeyPath, KeyQuery, Named, Text
from api.paging import Limit
from api.parts import Connection, Needs, Parts, Row
from api.policy import Action
from api.problems import not_found
from api.store import residents, watching
from core import messages
from ingest.datum import to_gcj02, to_wgs84

router = APIRouter(tags=["care"])


async def _look(conn: Connection, caller: Caller, parts: Parts, resident: int, action: Action) -> None:
    if await residents.one(conn, caller.scope(action), resident, parts.now) is None:
        raise not_found()


def _minute(clock: str | None) -> int | None:
    return None if clock is None else int(clock[:2]) * 60 + int(clock[3:])


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02}:{minute % 60:02}"


@router.get("/residents/{resident}/monitoring")
async def read_monitoring(resident: KeyPath, caller: Signed, parts: Needs) -> MonitoringNow:
    """What is set for this resident."""
    async with parts.pool.connection() as conn:
        await _look(conn, caller, parts, resident, Action.SEE_CARE)
    return await _monitoring(parts, resident)


async def _monitoring(parts: Parts, resident: int) -> MonitoringNow:
    async with parts.pool.connection() as conn:
        row = await watching.monitoring(conn, resident)
    window = await in_thread(parts, settings.cancel_window, resident)
    known = {name: row[name] for name in MonitoringNow.model_fields if name in row}
    known |= {name: _clock(row[f"{name}_minute"]) for name in ("night_from", "night_until")}
    return MonitoringNow(**known, cancel_s=window)


@router.put("/residents/{resident}/monitoring")
async def put_monitoring(resident: KeyPath, wish: Monitoring, caller: Signed, parts: Needs) -> MonitoringNow:
    """Set all of it anew; who did so is kept."""
    account, now = caller.session.account, parts.now
    profile = wish.model_dump(exclude={"cancel_s", "night_from", "night_until"}, mode="python")
    profile |= {
        "night_from_minute": _minute(wish.night_from),
        "night_until_minute": _minute(wish.night_until),
        "holiday_from": wish.holiday_from,
        "holiday_until": wish.holiday_until,
        "visitors_until": wish.visitors_until,
    }
    async with parts.pool.connection() as conn, conn.transaction():
        await _look(conn, caller, parts, resident, Action.SET_CARE)
        await watching.put_monitoring(conn, resident, profile)
        await watching.note(conn, resident, "monitoring", wish.model_dump(mode="json"), account, now)
    window = wish.cancel_s
    await in_thread(parts, settings.set_cancel_window, resident, window, account, parts.clock.now())
    return await _monitoring(parts, resident)


def _shown(row: Row, datum: Datum) -> Place:
    shift = to_gcj02 if datum == "gcj02" else _as_it_is
    points = [shift(lat, lon) for lat, lon in zip(row["lats"], row["lons"], strict=True)]
    clocks = {"from": _clock(row["from_minute"]), "until": _clock(row["until_minute"])}
    return Place.model_validate(
        {"name": row["name"], "points": points, "radius_m": row["radius_m"], **clocks}
    )


def _as_it_is(lat: float, lon: float) -> tuple[float, float]:
    return lat, lon


@router.get("/residents/{resident}/places", response_model_by_alias=True)
async def read_places(
    resident: KeyPath, caller: Signed, parts: Needs, datum: Annotated[Datum, Query()] = "wgs84"
) -> Places:
    """Where the resident may be; none: they are not watched for leaving."""
    async with parts.pool.connection() as conn:
        await _look(conn, caller, parts, resident, Action.SEE_CARE)
        rows = await watching.places(conn, resident)
    return Places(items=[_shown(row, datum) for row in rows], datum=datum)


@router.put("/residents/{resident}/places", response_model_by_alias=True)
async def put_places(resident: KeyPath, wish: PutPlaces, caller: Signed, parts: Needs) -> Places:
    """These and no others; who did so is kept."""
    shift = to_wgs84 if wish.datum == "gcj02" else _as_it_is
    rows = []
    for place in wish.items:
        points = [shift(lat, lon) for lat, lon in place.points]
        rows.append(
            {
                "name": place.name,
                "lats": [lat for lat, _ in points],
                "lons": [lon for _, lon in points],
                "radius_m": place.radius_m,
                "from_minute": _minute(place.from_),
                "until_minute": _minute(place.until),
            }
        )
    async with parts.pool.connection() as conn, conn.transaction():
        await _look(conn, caller, parts, resident, Action.SET_CARE)
        await watching.put_places(conn, resident, rows)
        body = wish.model_dump(mode="json", by_alias=True)
        await watching.note(conn, resident, "places", body, caller.session.account, parts.now)
        kept = await watching.places(conn, resident)
    return Places(items=[_shown(row, wish.datum) for row in kept], datum=wish.datum)


@router.get("/worth-a-visit")
async def read_visits(
    caller: Signed, parts: Needs, station: KeyQuery = None, limit: Limit = paging.DEFAULT
) -> WorthVisits:
    """Whose days have changed slowly, most worth a visit first; no alarm."""
    scope = caller.scope(Action.SEE_CARE)
    async with parts.pool.connection() as conn:
        rows = await watching.worth_a_visit(conn, scope, station, parts.now, limit)
    return WorthVisits(items=[_visit(row) for row in rows])


def _visit(row: Row) -> WorthAVisit:
    home = None
    if row["home_id"] is not None:
        home = HomeAddress(id=row["home_id"], code=row["code"], address=row["address"])
    said = [messages.both(one["key"], one["params"], row["time_zone"]) for one in row["reasons"]]
    return WorthAVisit(
        resident=Named(id=row["resident_id"], name=row["name"]),
        home=home,
        score=row["score"],
        since=row["week"],
        reasons=[Text.model_validate(text) for text in said],
        series=row["series"],
    )
