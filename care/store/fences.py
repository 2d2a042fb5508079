"""Where residents may be, as a community document says it."""

from collections.abc import Sequence
from pathlib import Path

from care.community import Fence
from care.store.registry import Connection
from core import queries

Q = queries.load(Path(__file__).with_name("fences.sql"))


def put_fences(conn: Connection, resident_id: int, fences: Sequence[Fence]) -> None:
    """These fences of a resident, and no others any more."""
    conn.execute(Q["drop_fences"], {"resident": resident_id})
    for fence in fences:
        row = {
            "resident": resident_id,
            "name": fence.name,
            "lats": [lat for lat, _ in fence.points],
            "lons": [lon for _, lon in fence.points],
            "radius_m": fence.radius_m,
            "from_minute": _minute(fence.since),
            "until_minute": _minute(fence.until),
        }
        conn.execute(Q["put_fence"], row)


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
