"""Second factors as rows: authenticator apps, recovery codes, passkeys, and steps that were begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from api.parts import Connection, Row
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account can prove itself with beside its password.

    Attributes:
        totp: whether an authenticator app is set up.
        passkeys: how many.
        recovery_left: recovery codes that were not used.
        providers: whether it is known at an identity provider.
    """

    totp: bool
    passkeys: int
    recovery_left: int
    providers: int

    @property
    def any(self) -> bool:
        """Whether a second factor is asked for."""
        return self.totp or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A step that a browser comes back to: see the table."""

    kind: str
    account: int | None
    how: str
    challenge: bytes | None
    data: dict[str, Any]


async def of_account(conn: Connection, account: int) -> Factors:
    """What `account` has."""
    row = await (await conn.execute(_SQL["factors"], {"account_id": account})).fetchone()
    assert row is not None
    return Factors(**row)


async def begin(conn: Connection, token_hash: bytes, step: Begun, now: datetime, lasts: timedelta) -> None:
    """Keep a step."""
    params = {
        "token_hash": token_hash,
        "kind": step.kind,
        "account_id": step.account,
        "how": step.how,
        "challenge": step.challenge,
        "data": Jsonb(step.data),
        "now": now,
        "expires_at": now + lasts,
    }
    await conn.execute(_SQL["begin_step"], params)


async def look(conn: Connection, token_hash: bytes, kind: str, now: datetime) -> Begun | None:
    """A step that was begun and is not over, left as it is."""
    return await _step(conn, "look_at_step", token_hash, kind, now)


async def take(conn: Connection, token_hash: bytes, kind: str, now: datetime) -> Begun | None:
    """Use a step up; of two who come back with it one gets it."""
    return await _step(conn, "take_step", token_hash, kind, now)


async def _step(conn: Connection, name: str, token_hash: bytes, kind: str, now: datetime) -> Begun | None:
    params = {"token_hash": token_hash, "kind": kind, "now": now}
    row = await (await conn.execute(_SQL[name], params)).fetchone()
    if row is None:
        return None
    challenge = row["challenge"]
    return Begun(
        row["kind"], row["account_id"], row["how"], bytes(challenge) if challenge else None, row["data"]
    )


async def clear_steps(conn: Connection, now: datetime) -> None:
    """Forget steps that are over."""
    await conn.execute(_SQL["clear_steps"], {"now": now})


async def put_totp(conn: Connection, account: int, sealed: bytes, now: datetime) -> bool:
    """Keep the secret of an app that is being set up; False when one is set up already."""
    params = {"account_id": account, "sealed": sealed, "now": now}
    return await (await conn.execute(_SQL["put_totp"], params)).fetchone() is not None


async def totp(conn: Connection, account: int, *, confirmed: bool) -> tuple[bytes, int] | None:
    """(sealed secret, last step used) of the app, set up or being set up."""
    params = {"account_id": account, "confirmed": confirmed}
    row = await (await conn.execute(_SQL["totp"], params)).fetchone()
    return (bytes(row["sealed"]), row["last_step"]) if row else None


async def use_totp(conn: Connection, account: int, step: int, now: datetime) -> bool:
    """Use a time step up, and with the first one the setting up; False when somebody was first."""
    params = {"account_id": account, "step": step, "now": now}
    return await (await conn.execute(_SQL["use_totp"], params)).fetchone() is not None


async def remove_totp(conn: Connection, account: int) -> bool:
    """Forget the app; whether there was one."""
    return await (await conn.execute(_SQL["remove_totp"], {"account_id": account})).fetchone() is not None


async def put_recovery(conn: Connection, account: int, code_hashes: Sequence[bytes]) -> None:
    """Keep new recovery codes instead of all older ones."""
    params = {"account_id": account, "code_hashes": list(code_hashes)}
    await conn.execute(_SQL["forget_recovery"], params)
    await conn.execute(_SQL["put_recovery"], params)


async def use_recovery(conn: Connection, account: int, code_hash: bytes, now: datetime) -> bool:
    """Use a recovery code up; False when it is none, or was used."""
    params = {"account_id": account, "code_hash": code_hash, "now": now}
    return await (await conn.execute(_SQL["use_recovery"], params)).fetchone() is not None


async def passkeys(conn: Connection, account: int) -> list[Row]:
    """The passkeys of `account`, the oldest first."""
    return await (await conn.execute(_SQL["passkeys"], {"account_id": account})).fetchall()


async def passkey(conn: Connection, credential_id: bytes) -> Row | None:
    """The passkey with this id, of an enabled account."""
    return await (await conn.execute(_SQL["passkey"], {"credential_id": credential_id})).fetchone()


async def add_passkey(conn: Connection, about: dict[str, Any]) -> int | None:
    """Keep a passkey; None when it is known already."""
    row = await (await conn.execute(_SQL["add_passkey"], about)).fetchone()
    return row["id"] if row else None


async def use_passkey(conn: Connection, key: int, sign_count: int, now: datetime) -> bool:
    """Note that it was used; False when its counter went back: somebody has a copy."""
    params = {"id": key, "sign_count": sign_count, "now": now}
    return await (await conn.execute(_SQL["use_passkey"], params)).fetchone() is not None


async def remove_passkey(conn: Connection, account: int, key: int) -> bool:
    """Forget a passkey of `account`; whether there was one."""
    params = {"account_id": account, "id": key}
    return await (await conn.execute(_SQL["remove_passkey"], params)).fetchone() is not None


async def forget_all(conn: Connection, account: int) -> None:
    """Leave `account` without any second factor or recovery code."""
    for name in ("remove_totp", "forget_passkeys", "forget_recovery"):
        await conn.execute(_SQL[name], {"account_id": account})
