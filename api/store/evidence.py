"""Motion, movement and vital signs around an incident; the caller's scope was looked at before."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from core import queries
from core.quantity import BY_NAME, QUANTITIES

_SQL = queries.load(Path(__file__).with_suffix(".sql"))

MOVEMENT = [BY_NAME[name].id for name in ("presence", "door", "bed", "chair", "appliance")]
VITALS = [q.id for q in QUANTITIES if q.stream == "vital" and q.name != "steps"]
_MOST_POINTS = 2000


async def motion(conn: Connection, device: int, since: datetime, until: datetime) -> list[Row]:
    """time, hz, acc (little-endian int16 triplets, milli-g) of each window, in order of time."""
    params = {"device": device, "since": since, "until": until}
    return await (await conn.execute(_SQL["motion"], params)).fetchall()


async def wearable(conn: Connection, resident: int, at: datetime) -> int | None:
    """What `resident` wore at `at`."""
    row = await (await conn.execute(_SQL["wearable"], {"resident": resident, "at": at})).fetchone()
    return row["device_id"] if row else None


async def activity(conn: Connection, home: int, since: datetime, until: datetime) -> list[datetime]:
    """Instants of movement in `home`, oldest first."""
    params = {"home": home, "since": since, "until": until, "metrics": MOVEMENT, "limit": _MOST_POINTS}
    rows = await (await conn.execute(_SQL["activity"], params)).fetchall()
    return [row["time"] for row in rows]


async def vitals(
    conn: Connection, home: int, resident: int, since: datetime, until: datetime, slot_s: int
) -> list[Row]:
    """metric, time, value of each slot of `slot_s` seconds, by metric and time."""
    params = {
        "home": home,
        "resident": resident,
        "since": since,
        "until": until,
        "metrics": VITALS,
        "slot_s": slot_s,
    }
    return await (await conn.execute(_SQL["vitals"], params)).fetchall()
