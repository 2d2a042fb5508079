"""A resident's trend and rooms, and the map."""

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import pace, showing
from api.guard import Signed
from api.models.devices import Device
from api.models.home_life import (
    Datum,
    Map,
    PlaceOfResident,
    PlaceOfResponder,
    PlaceOfStation,
    Plan,
    Room,
    Span,
    Tiles,
    Trend,
)
from api.models.words import KeyPath, KeyQuery
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import devices, home_life, residents
from core import messages
from core.quantity import BY_NAME
from ingest.datum import to_gcj02

router = APIRouter(tags=["residents"])

# span -> (days back, width of a bucket): about a hundred points each, as many as a picture can show
_SPANS: dict[Span, tuple[int, timedelta]] = {
    "day": (1, timedelta(minutes=15)),
    "week": (7, timedelta(hours=2)),
    "month": (31, timedelta(hours=6)),
}
_A_WEEK = timedelta(days=7)
_FRESH = timedelta(hours=12)  # where somebody was longer ago says little


@router.get("/residents/{resident}/trend")
async def read_trend(
    resident: KeyPath,
    caller: Signed,
    parts: Needs,
    metric: Annotated[str, Query(max_length=40, examples=["heart_rate"])],
    span: Annotated[Span, Query()] = "day",
) -> Trend:
    """A day in quarters of an hour, a week in two hours, a month in quarters of a day, up to now."""
    quantity = BY_NAME.get(metric)
    if quantity is None:
        raise Problem(422, "unknown-metric", "there is no such metric")
    days, width = _SPANS[span]
    now = parts.now
    async with parts.pool.connection() as conn:
        row = await residents.one(conn, caller.scope(Action.SEE_RESIDENTS), resident, now)
        if row is None:
            raise not_found()
        zone = messages.zone(row["time_zone"])
        # Whole buckets of local time: the day begins anew with the local midnight, whatever the hour is now.
        local = now.astimezone(zone) - timedelta(days=days) + width
        midnight = datetime.combine(local.date(), time(), zone)
        since = midnight + (local - midnight) // width * width
        rows = await home_life.trend(conn, resident, quantity.id, since, now, width)
    return Trend(
        metric=quantity.name,
        unit=quantity.unit,
        span=span,
        bucket_minutes=int(width.total_seconds()) // 60,
        points=[(one["at"], one["least"], one["median"], one["greatest"]) for one in rows],
    )


@router.get("/residents/{resident}/plan")
async def read_plan(resident: KeyPath, caller: Signed, parts: Needs) -> Plan:
    """The rooms of the resident's home with their devices, for station staff."""
    scope, now = caller.scope(Action.SEE_CARE), parts.now
    async with parts.pool.connection() as conn:
        row = await residents.one(conn, scope, resident, now)
        if row is None:
            raise not_found()
        if row["home_id"] is None:
            return Plan(rooms=[])
        installed = await devices.of_resident(conn, resident, now)
        moved = await home_life.moved(conn, row["home_id"], now - _A_WEEK, now)
    return Plan(rooms=rooms([showing.device(one) for one in installed], moved))


def rooms(installed: list[Device], moved: dict[int, datetime]) -> list[Room]:
    """Devices by room, the most recently used first; those never used by name; what is worn is in none."""
    by_room: dict[str, list[Device]] = {}
    for device in installed:
        by_room.setdefault("" if device.kind == "wearable" else device.room, []).append(device)
    found = []
    for name, there in by_room.items():
        last = max((moved[device.id] for device in there if device.id in moved), default=None)
        found.append(Room(room=name, last_activity_at=last, devices=there))
    return sorted(found, key=lambda room: (-_stamp(room.last_activity_at), room.room))


def _stamp(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()


@router.get("/map", tags=["map"], dependencies=[Depends(pace.limited("map", per_minute=60))])
async def read_map(
    caller: Signed, parts: Needs, station: KeyQuery = None, datum: Annotated[Datum, Query()] = "wgs84"
) -> Map:
    """Homes, stations and responders in scope; `datum=gcj02` for Chinese street maps."""
    scope, now = caller.scope(Action.SEE_CARE), parts.now
    async with parts.pool.connection() as conn:
        homes = await residents.places(conn, scope, station, now)
        stations = await home_life.stations(conn, scope, station)
        responders = await home_life.responders(conn, caller.may(Action.SEND_SOMEBODY), now - _FRESH)
    for row in (*homes, *stations, *responders):
        _shift(row, datum)
    return Map(
        datum=datum,
        residents=[PlaceOfResident(**row) for row in homes],
        stations=[PlaceOfStation(**row) for row in stations],
        responders=[PlaceOfResponder(**row) for row in responders],
        tiles=_tiles(parts),
    )


def _shift(row: Row, datum: Datum) -> None:
    # To a tenth of a metre and a bit: more digits only make the answer longer.
    lat, lon = to_gcj02(row["lat"], row["lon"]) if datum == "gcj02" else (row["lat"], row["lon"])
    row["lat"], row["lon"] = round(lat, 6), round(lon, 6)


def _tiles(parts: Parts) -> Tiles | None:
    own = parts.own
    if not own.map_tiles:
        return None
    return Tiles(
        url=own.map_tiles, attribution=own.map_attribution, datum=own.map_datum, max_zoom=own.map_max_zoom
    )
