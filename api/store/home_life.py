"""Trends, rooms and places as rows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.parts import Connection, Row
from api.policy import Scope
from api.store.evidence import MOVEMENT
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))

_HOUR = timedelta(hours=1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


async def trend(
    conn: Connection, resident: int, metric: int, since: datetime, until: datetime, width: timedelta
) -> list[Row]:
    """at, least, median, greatest of each bucket of `width` from `since` on; the scope was seen to.

    Buckets of whole hours are put together from hours summed up before: their median is that of the hours'
    medians. Where local midnight is not a whole hour of UTC they are counted from the readings.
    """
    of_hours = width >= _HOUR and (since - _EPOCH) % _HOUR == timedelta(0)
    params = {
        "resident": resident,
        "metric": metric,
        "since": since,
        "until": until,
        "origin": since,
        "width": width,
    }
    return await (await conn.execute(_SQL["trend_of_hours" if of_hours else "trend"], params)).fetchall()


async def moved(conn: Connection, home: int, since: datetime, now: datetime) -> dict[int, datetime]:
    """When each device of `home` last saw movement since `since`; devices that saw none are absent."""
    params = {"home": home, "since": since, "now": now, "metrics": MOVEMENT}
    rows = await (await conn.execute(_SQL["rooms"], params)).fetchall()
    return {row["device_id"]: row["moved_at"] for row in rows}


async def stations(conn: Connection, scope: Scope, station: int | None) -> list[Row]:
    """id, name, name_en, lat, lon of stations with a place."""
    params = {**scope.params, "station": station}
    return await (await conn.execute(_SQL["stations"], params)).fetchall()


async def responders(conn: Connection, scope: Scope, since: datetime) -> list[Row]:
    """id, name, lat, lon, available, at of those who said where they are since `since`."""
    params = {**scope.params, "since": since}
    return await (await conn.execute(_SQL["responders"], params)).fetchall()
