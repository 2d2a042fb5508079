"""The order in which events became visible, told by transaction numbers: late commits are never missed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from api.parts import Connection
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class News:
    """What one look found.

    Attributes:
        horizon: every transaction below this number is over, and its events are in this look or an earlier.
        events: transaction number of each new event by its position.
        incidents: those the events belong to, each once, in order of position.
        steps: (incident, n) of each event.
    """

    horizon: int
    events: dict[int, int]
    incidents: tuple[UUID, ...]
    steps: tuple[tuple[UUID, int], ...] = ()


async def epoch(conn: Connection) -> str:
    """A name of this database in this life."""
    row = await (await conn.execute(_SQL["epoch"])).fetchone()
    assert row is not None
    return str(row["epoch"])[:12]


async def horizon(conn: Connection) -> tuple[int, int]:
    """(every transaction below is over, none from here on has begun)."""
    row = await (await conn.execute(_SQL["horizon"])).fetchone()
    assert row is not None
    return int(row["xmin"]), int(row["xmax"])


async def news(conn: Connection, since: int, seen: Collection[int]) -> News:
    """Events of transactions numbered `since` or above whose positions are not in `seen`."""
    params = {"since": str(since), "seen": list(seen)}
    rows = await (await conn.execute(_SQL["news"], params)).fetchall()
    events = {row["position"]: int(row["xid"]) for row in rows if row["position"] is not None}
    found = sorted(
        (row["position"], row["incident_id"], row["n"]) for row in rows if row["position"] is not None
    )
    return News(
        int(rows[0]["xmin"]),
        events,
        tuple(dict.fromkeys(incident for _, incident, _ in found)),
        tuple((incident, n) for _, incident, n in found),
    )


async def incidents_since(conn: Connection, since: int, limit: int) -> list[UUID]:
    """At most `limit` incidents with events of transactions numbered `since` or above."""
    params = {"since": str(since), "limit": limit}
    rows = await (await conn.execute(_SQL["since"], params)).fetchall()
    return [row["id"] for row in rows]


async def say(conn: Connection, channel: str, payloads: Sequence[str]) -> None:
    """NOTIFY each of `payloads` (less than 8,000 bytes each)."""
    await conn.execute(_SQL["say"], {"channel": channel, "payloads": list(payloads)})
