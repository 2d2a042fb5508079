"""Accounts, sessions and log-in attempts as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.backoff import ADDRESS_WINDOW_S, WINDOW_S
from api.parts import Connection, Row
from api.policy import Grant, Role
from api.visit import Visit
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds just now, and whose it is.

    Attributes:
        token_hash: its key.
        account, login, name, language: whose.
        grants: their roles.
        idle_s: seconds it may lie unused.
        idle_until, expires_at: when it ends, unused and in any case (real time).
        id: what its owner knows it by in the list of sessions.
        confirmed_at: when its owner last proved to be there (real time).
        second_factor_by: until when a second factor must be set up; None: it need not be, or one is.
        held: that time is over and there is none: the roles do not hold, and `grants` is empty.
    """

    token_hash: bytes
    account: int
    login: str
    name: str
    language: str
    grants: tuple[Grant, ...]
    idle_s: int
    idle_until: datetime
    expires_at: datetime
    id: int = 0
    confirmed_at: datetime | None = None
    second_factor_by: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Failures:
    """Mistakes before this attempt: for the login from the address, and from the address at all."""

    of_login: int
    last_at: datetime | None
    of_address: int
    address_last_at: datetime | None


def _grant(value: dict[str, Any]) -> Grant:
    return Grant(
        Role(value["role"]), value["path"], value["station_id"], value["resident_id"], value["consented"]
    )


def _session(row: Row) -> Session:
    return Session(
        token_hash=bytes(row["token_hash"]),
        account=row["id"],
        login=row["login"],
        name=row["name"],
        language=row["language"],
        grants=() if row["held"] else tuple(_grant(value) for value in row["grants"]),
        idle_s=row["idle_s"],
        idle_until=row["idle_until"],
        expires_at=row["expires_at"],
        id=row["session_id"],
        confirmed_at=row["confirmed_at"],
        second_factor_by=row["second_factor_by"],
        held=bool(row["held"]),
    )


async def sessions(
    conn: Connection, token_hashes: Sequence[bytes], now: datetime, wall_now: datetime
) -> dict[bytes, Session]:
    """Those of `token_hashes` that hold, by hash."""
    params = {"token_hashes": list(token_hashes), "now": now, "wall_now": wall_now}
    # Asked at every request: planning it costs more than running it.
    rows = await (await conn.execute(_SQL["find_sessions"], params, prepare=True)).fetchall()
    return {session.token_hash: session for session in map(_session, rows)}


async def touch(conn: Connection, token_hashes: Sequence[bytes], wall_now: datetime) -> None:
    """Begin the idle time of these sessions anew."""
    await conn.execute(_SQL["touch_sessions"], {"token_hashes": list(token_hashes), "wall_now": wall_now})


async def add_session(
    conn: Connection,
    token_hash: bytes,
    account: int,
    now: datetime,
    idle: timedelta,
    most: timedelta,
    how: str,
    visit: Visit,
) -> None:
    """Keep a new session; `how` its owner proved who they are."""
    params = {
        "token_hash": token_hash,
        "account_id": account,
        "now": now,
        "idle_s": max(1, round(idle.total_seconds())),
        "idle_until": now + min(idle, most),
        "expires_at": now + most,
        "how": how,
        "address": visit.address,
        "agent": visit.agent,
    }
    await conn.execute(_SQL["add_session"], params)


async def end_session(conn: Connection, token_hash: bytes) -> None:
    """Forget a session; the cookie is worth nothing from now on."""
    await conn.execute(_SQL["end_session"], {"token_hash": token_hash})


async def roles(conn: Connection, account: int) -> frozenset[Role]:
    """What `account` is anywhere."""
    rows = await (await conn.execute(_SQL["roles"], {"account_id": account})).fetchall()
    return frozenset(Role(row["role"]) for row in rows)


async def ask_second_factor(conn: Connection, account: int, by: datetime, *, needed: bool) -> None:
    """Note that `account` must have a second factor from `by` on, unless an earlier instant was noted; or
    that it need not."""
    params = {"account_id": account, "by": by, "needed": needed}
    await conn.execute(_SQL["ask_second_factor"], params)


async def renew_hash(conn: Connection, account: int, password_hash: str) -> None:
    """Keep another hash of the same or of a new password."""
    await conn.execute(_SQL["renew_password_hash"], {"id": account, "password_hash": password_hash})


async def find_login(conn: Connection, login: str) -> tuple[int, str] | None:
    """Key and password hash of the enabled account `login` (folded)."""
    row = await (await conn.execute(_SQL["find_login"], {"login": login})).fetchone()
    return (row["id"], row["password_hash"]) if row else None


async def add_account(
    conn: Connection, login: str, name: str, language: str, password_hash: str, now: datetime
) -> int | None:
    """Key of the new account; None when the login is taken."""
    params = {"login": login, "name": name, "language": language, "password_hash": password_hash, "now": now}
    row = await (await conn.execute(_SQL["add_account"], params)).fetchone()
    return row["id"] if row else None


async def add_grant(
    conn: Connection,
    account: int,
    role: str,
    station_id: int | None,
    resident_id: int | None,
    now: datetime,
    granted_by: int | None,
) -> None:
    """Give `account` a role."""
    params = {
        "account_id": account,
        "role": role,
        "station_id": station_id,
        "resident_id": resident_id,
        "now": now,
        "granted_by": granted_by,
    }
    await conn.execute(_SQL["add_grant"], params)


async def password_hash(conn: Connection, account: int) -> str | None:
    """What is kept of the password of an enabled account."""
    row = await (await conn.execute(_SQL["password_hash"], {"account_id": account})).fetchone()
    return row["password_hash"] if row else None


async def confirm_session(conn: Connection, token_hash: bytes, now: datetime) -> None:
    """Note that the owner of a session proved just now to be there."""
    await conn.execute(_SQL["confirm_session"], {"token_hash": token_hash, "now": now})


async def own_sessions(conn: Connection, account: int, now: datetime) -> list[Row]:
    """Where `account` is signed in, the latest first."""
    params = {"account_id": account, "now": now}
    return await (await conn.execute(_SQL["own_sessions"], params)).fetchall()


async def end_sessions(
    conn: Connection, account: int, key: int | None = None, but: bytes | None = None
) -> list[bytes]:
    """End the session `key` of `account`, or all of them `but` the one with that hash; those that ended."""
    params = {"account_id": account, "id": key, "but": but}
    rows = await (await conn.execute(_SQL["end_sessions"], params)).fetchall()
    return [bytes(row["token_hash"]) for row in rows]


async def logins(conn: Connection, account: int, limit: int, before: int | None) -> list[Row]:
    """How `account` was signed in to, or was not; `before` is the key of the last one seen."""
    params = {"account_id": account, "limit": limit, "before": before}
    return await (await conn.execute(_SQL["logins"], params)).fetchall()


async def begin_attempt(
    conn: Connection,
    login_digest: bytes,
    address: str,
    wall_now: datetime,
    what: str = "password",
    account: int | None = None,
) -> tuple[int, Failures]:
    """Note an attempt to prove who one is, then count the mistakes before it: (its key, what was counted).

    In this order, so that of many attempts at once each counts the others. Of a known `account` the mistakes
    from all addresses count, else those from `address`.
    """
    params: dict[str, Any] = {"login_digest": login_digest, "address": address, "wall_now": wall_now}
    params |= {"what": what, "account_id": account}
    row = await (await conn.execute(_SQL["try_login"], params)).fetchone()
    assert row is not None
    params |= {
        "id": row["id"],
        "since": wall_now - timedelta(seconds=WINDOW_S),
        "address_since": wall_now - timedelta(seconds=ADDRESS_WINDOW_S),
    }
    statement = _SQL["count_failures" if account is None else "count_account_failures"]
    counted = await (await conn.execute(statement, params)).fetchone()
    assert counted is not None
    return row["id"], Failures(
        counted["failures"], counted["last_at"], counted["address_failures"], counted["address_last_at"]
    )


async def note_attempt(
    conn: Connection,
    login_digest: bytes,
    address: str,
    wall_now: datetime,
    what: str,
    outcome: str,
    account: int | None,
) -> None:
    """Keep an attempt that is over, for the history."""
    params = {"login_digest": login_digest, "address": address, "wall_now": wall_now}
    await conn.execute(
        _SQL["note_attempt"], params | {"what": what, "outcome": outcome, "account_id": account}
    )


async def end_attempt(conn: Connection, attempt: int, outcome: str, account: int | None = None) -> None:
    """Note how an attempt went: "passed", "failed" or "refused" (not looked at)."""
    await conn.execute(_SQL["end_login"], {"id": attempt, "outcome": outcome, "account_id": account})


async def clear(conn: Connection, wall_now: datetime, attempts_before: datetime) -> None:
    """Forget sessions that ended and attempts of long ago."""
    await conn.execute(_SQL["clear_old_sessions"], {"wall_now": wall_now})
    await conn.execute(_SQL["clear_old_attempts"], {"before": attempts_before})
