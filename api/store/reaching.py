"""Endpoints, messages and whereabouts as rows; each of one owner, whom the caller has looked at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from api.parts import Connection, Row
from api.policy import Scope
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an endpoint is."""

    kind: Literal["account", "station"]
    id: int

    @property
    def params(self) -> dict[str, Any]:
        """As parameters of a statement."""
        return {"owner_kind": self.kind, "owner_id": self.id}


async def endpoints(conn: Connection, owner: Owner, endpoint: int | None = None) -> list[Row]:
    """Those of `owner` (or the one), with their addresses: mask these before they leave."""
    return await (await conn.execute(_SQL["endpoints"], {**owner.params, "id": endpoint})).fetchall()


async def add_endpoint(
    conn: Connection, owner: Owner, about: Mapping[str, Any], most: int, now: datetime, by: int
) -> int | None:
    """Key of the endpoint; None when `owner` has `most` already. Within a transaction of the caller's."""
    await conn.execute(_SQL["owner_lock"], owner.params)
    row = await (await conn.execute(_SQL["endpoint_count"], owner.params)).fetchone()
    if row is None or row["many"] >= most:
        return None
    params = {**owner.params, **about, "now": now, "by": by}
    row = await (await conn.execute(_SQL["add_endpoint"], params)).fetchone()
    return row["id"] if row else None


async def remove_endpoint(conn: Connection, owner: Owner, endpoint: int, now: datetime) -> bool:
    """Whether there was one to remove."""
    params = {**owner.params, "id": endpoint, "now": now}
    return await (await conn.execute(_SQL["remove_endpoint"], params)).fetchone() is not None


async def forget_browsers(conn: Connection, account: int, now: datetime) -> None:
    """No browser of `account` is told anything any more."""
    await conn.execute(_SQL["forget_browsers"], {"account": account, "now": now})


async def notifications(
    conn: Connection,
    scope: Scope,
    account: int,
    limit: int,
    after: int | None = None,
    notification: int | None = None,
) -> list[Row]:
    """What `account` was told, the latest first; the incident's columns are null outside `scope`."""
    params = {**scope.params, "account": account, "limit": limit, "after": after, "id": notification}
    return await (await conn.execute(_SQL["notifications"], params)).fetchall()


async def told(conn: Connection, events: Sequence[tuple[UUID, int]], accounts: Collection[int]) -> list[Row]:
    """The messages of these events (incident, n) for these accounts: for the live feed."""
    params = {
        "incidents": [incident for incident, _ in events],
        "ns": [n for _, n in events],
        "accounts": list(accounts),
    }
    return await (await conn.execute(_SQL["told"], params)).fetchall()


async def of_incident(conn: Connection, incident: UUID) -> list[Row]:
    """To whom the messages of an incident in scope went."""
    return await (await conn.execute(_SQL["of_incident"], {"incident": incident})).fetchall()


async def my_state(conn: Connection, account: int) -> Row | None:
    """available, lat, lon, at."""
    return await (await conn.execute(_SQL["my_state"], {"account": account})).fetchone()


async def put_state(
    conn: Connection,
    account: int,
    available: bool | None,
    lat: float | None,
    lon: float | None,
    now: datetime,
) -> Row:
    """What is known after the account's word."""
    params = {"account": account, "available": available, "lat": lat, "lon": lon, "now": now}
    row = await (await conn.execute(_SQL["put_state"], params)).fetchone()
    assert row is not None
    return row


async def profile(conn: Connection, account: int) -> Row:
    """name, language, phone of an account that is signed in."""
    row = await (await conn.execute(_SQL["profile"], {"account": account})).fetchone()
    assert row is not None
    return row


async def put_profile(conn: Connection, account: int, name: str, language: str, phone: str) -> None:
    """Change them."""
    params = {"account": account, "name": name, "language": language, "phone": phone}
    await conn.execute(_SQL["put_profile"], params)


async def recipient(conn: Connection, notification: int) -> Row | None:
    """recipient_kind, recipient_id, path of a message."""
    return await (await conn.execute(_SQL["recipient"], {"id": notification})).fetchone()
