"""One day of one resident, in words and as a picture, for those who care from afar."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from api import showing
from api.models.residents import Today, VitalNow
from api.models.words import Named, Text
from api.parts import Connection, Row
from api.policy import Scope
from api.store import devices, incidents, residents
from core import messages
from core.instant import from_datetime
from core.quantity import BY_ID

SLOTS = 96
SLOT_MINUTES = 15
_PAST_DAYS = 14
_ENOUGH_DAYS = 3
_BATTERY_LOW = 0.2
_HELPING = ("acknowledged", "responding", "on_site")


async def tell(conn: Connection, scope: Scope, row: Row, now: datetime) -> Today:
    """Today of a resident (a row of `residents` in `scope`) in their own time zone."""
    zone = messages.zone(row["time_zone"])
    day = now.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    movement: list[Row] = []
    vitals: list[Row] = []
    if row["home_id"] is not None:
        since = datetime.combine(day - timedelta(days=_PAST_DAYS), time(), zone)
        movement = await residents.movement(conn, row["home_id"], since, ends, zone.key)
        vitals = await residents.vitals_now(conn, row["home_id"], row["id"], now)
    happened = await incidents.of_day(conn, scope, row["id"], begins, ends)
    told = await incidents.told(conn, [one["id"] for one in happened])
    installed = await devices.of_resident(conn, row["id"], now)
    return Today(
        resident=Named(id=row["id"], name=row["name"]),
        day=day.isoformat(),
        time_zone=zone.key,
        state=row["state"],
        headline=headline(row, happened, told),
        last_activity_at=row["last_activity_at"],
        last_room=row["last_room"],
        activity=activity(movement, day, now.astimezone(zone)),
        usual=usual(movement, day),
        vitals=[_vital(one) for one in vitals],
        incidents=[showing.incident(one) for one in happened],
        told=sorted(told),
        battery_low=[one["code"] for one in installed if _weak(one)],
    )


def _vital(row: Row) -> VitalNow:
    quantity = BY_ID[row["metric"]]
    return VitalNow(metric=quantity.name, unit=quantity.unit, value=row["value"], at=row["time"])


def _weak(device: Row) -> bool:
    return device["battery"] is not None and device["battery"] < _BATTERY_LOW


def headline(row: Row, happened: Sequence[Row], told: Collection[UUID]) -> Text:
    """The one sentence a daughter reads on a bus; `told`: incidents whose alarm has reached the desk."""
    key = row["state"]
    if key == "alert":
        key = _alarm([one for one in happened if one["closed_at"] is None], told)
    params: dict[str, object] = {"room": row["last_room"]}
    if row["last_activity_at"] is not None:
        params["seen_at"] = from_datetime(row["last_activity_at"])
    return Text.model_validate(messages.both(f"headline.{key}", params, row["time_zone"]))


def _alarm(running: Sequence[Row], told: Collection[UUID]) -> str:
    if any(one["state"] in _HELPING for one in running):
        return "helped"
    waiting = [one["id"] for one in running if one["state"] == "open"]
    return "alert" if waiting and all(one in told for one in waiting) else "telling"


def activity(movement: Sequence[Row], day: date, local_now: datetime) -> list[int | None]:
    """Movements in each quarter of an hour of `day`; None for those that are still to come."""
    now_slot = (local_now.hour * 60 + local_now.minute) // SLOT_MINUTES
    counted = {row["slot"]: row["movements"] for row in movement if row["day"] == day}
    return [counted.get(slot, 0) if slot <= now_slot else None for slot in range(SLOTS)]


def usual(movement: Sequence[Row], day: date) -> list[float] | None:
    """The mean of the days before `day` that have any movement; None when these are too few."""
    days = {row["day"] for row in movement if row["day"] < day}
    if len(days) < _ENOUGH_DAYS:
        return None
    totals = [0] * SLOTS
    for row in movement:
        if row["day"] < day:
            totals[row["slot"]] += row["movements"]
    return [round(total / len(days), 2) for total in totals]
