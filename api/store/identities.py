"""Who accounts are at an identity provider, as rows."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Row
from core import queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def find(conn: Connection, issuer: str, subject: str) -> Row | None:
    """account_id and disabled_at of who is known there as `subject`."""
    params = {"issuer": issuer, "subject": subject}
    return await (await conn.execute(_SQL["find_identity"], params)).fetchone()


async def add(conn: Connection, issuer: str, subject: str, account: int, now: datetime) -> bool:
    """Keep who `account` is there; False when somebody else is."""
    params = {"issuer": issuer, "subject": subject, "account_id": account, "now": now}
    return await (await conn.execute(_SQL["add_identity"], params)).fetchone() is not None


async def forget(conn: Connection, account: int) -> bool:
    """Let `account` come in by no provider any more; whether it did."""
    return await (await conn.execute(_SQL["forget_identity"], {"account_id": account})).fetchone() is not None
