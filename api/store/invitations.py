"""Invitations as rows."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from api.policy import POLICY, Action
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))
# Which roles, at the place or above it, may hand out which codes.
_WHO_INVITES = {
    "invite_family": sorted(role.value for role in POLICY[Action.INVITE_FAMILY]),
    "invite_anyone": sorted(role.value for role in POLICY[Action.INVITE_ANYONE]),
}


async def add(
    conn: Connection,
    code_hash: bytes,
    role: str,
    station_id: int | None,
    resident_id: int | None,
    language: str,
    now: datetime,
    expires_at: datetime,
    created_by: int | None = None,
    first_run: bool = False,
) -> None:
    """Keep a new invitation."""
    params = {
        "code_hash": code_hash,
        "role": role,
        "station_id": station_id,
        "resident_id": resident_id,
        "language": language,
        "now": now,
        "expires_at": expires_at,
        "created_by": created_by,
        "first_run": first_run,
    }
    await conn.execute(_SQL["add_invitation"], params)


async def look(conn: Connection, code_hash: bytes, now: datetime) -> Row | None:
    """What the code is for, while it works."""
    params = {"code_hash": code_hash, "now": now} | _WHO_INVITES
    return await (await conn.execute(_SQL["look"], params)).fetchone()


async def take(conn: Connection, code_hash: bytes, now: datetime) -> Row | None:
    """Use the code up; None when it does not work, or somebody was first."""
    if await look(conn, code_hash, now) is None:
        return None
    return await (await conn.execute(_SQL["take"], {"code_hash": code_hash, "now": now})).fetchone()


async def taken_by(conn: Connection, invitation: int, account: int) -> None:
    """Note who used it."""
    await conn.execute(_SQL["taken_by"], {"id": invitation, "account_id": account})


async def administrator_exists(conn: Connection) -> bool:
    """Whether anybody can invite others."""
    row = await (await conn.execute(_SQL["administrator_exists"])).fetchone()
    return bool(row and row["yes"])


async def lock_first_run(conn: Connection) -> None:
    """Be the only one, until the end of the transaction."""
    await conn.execute(_SQL["lock_first_run"])


async def open_codes(conn: Connection, code_hashes: Sequence[bytes], now: datetime) -> set[bytes]:
    """Those of `code_hashes` that still work."""
    params = {"code_hashes": list(code_hashes), "now": now}
    rows = await (await conn.execute(_SQL["open_codes"], params)).fetchall()
    return {bytes(row["code_hash"]) for row in rows}


async def end_first_links(conn: Connection, now: datetime) -> None:
    """Let no link of an earlier first run work any longer."""
    await conn.execute(_SQL["end_first_links"], {"now": now})


async def station_of_code(conn: Connection, code: str) -> Row | None:
    """id, path, name of a station by its code."""
    return await (await conn.execute(_SQL["station_of_code"], {"code": code})).fetchone()


async def station_of_id(conn: Connection, station_id: int) -> Row | None:
    """id, path, name of a station."""
    return await (await conn.execute(_SQL["station_of_id"], {"id": station_id})).fetchone()


async def resident_of_id(conn: Connection, resident_id: int) -> Row | None:
    """id, path of the station, name of a resident."""
    return await (await conn.execute(_SQL["resident_of_id"], {"id": resident_id})).fetchone()


async def demo_subjects(conn: Connection) -> tuple[int, int] | None:
    """A street's station and a resident to make demo links for; None until they exist."""
    street = await (await conn.execute(_SQL["demo_street"])).fetchone()
    resident = await (await conn.execute(_SQL["demo_resident"])).fetchone()
    return (street["id"], resident["id"]) if street and resident else None
