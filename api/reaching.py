"""Endpoints of accounts and stations, and messages, turned into what the API shows."""

from typing import Any

import psycopg
from anyio.to_thread import run_sync

from alerts.delivery import endpoints
from alerts.delivery import settings as delivery_settings
from alerts.delivery.channel import Answer
from alerts.delivery.channels import channels
from alerts.delivery.keys import Keys
from api import addresses
from api.models.reaching import AboutIncident, AddedEndpoint, Endpoint, NewEndpoint, Notification, Tried
from api.parts import Connection, Parts, Row
from api.problems import Problem, not_found
from api.showing import title
from api.store import reaching
from api.store.reaching import Owner
from core.database import WATCHFUL
from core.instant import SECOND

MOST = 10  # endpoints of one owner
_PROBE_EVERY = 10 * SECOND  # one account, one test message


def endpoint(row: Row) -> Endpoint:
    """A row of `endpoints`, its address masked."""
    known: dict[str, Any] = {name: row[name] for name in Endpoint.model_fields if name in row}
    return Endpoint(**known, shown=addresses.masked(row["channel"], row["address"]))


def address_of(wish: NewEndpoint, *, private: bool) -> str:
    """What is kept as the address; Problem 422 "bad-address"."""
    if wish.subscription is not None:
        keys = wish.subscription.keys
        return addresses.web_push(wish.subscription.endpoint, keys.p256dh, keys.auth)
    assert wish.address is not None
    if wish.channel in addresses.WEBHOOKS:
        return addresses.webhook(wish.address, private=private)
    return addresses.apprise(wish.address, private=private)


async def add(
    parts: Parts, owner: Owner, wish: NewEndpoint, language: str, account: int, *, private: bool
) -> AddedEndpoint:
    """Keep a new endpoint of `owner`; with `private`, one in the own network will do."""
    about = wish.model_dump(exclude={"subscription", "address"})
    about |= {"address": address_of(wish, private=private), "language": wish.language or language}
    async with parts.pool.connection() as conn, conn.transaction():
        key = await reaching.add_endpoint(conn, owner, about, MOST, parts.wall_now, account)
        if key is None:
            raise Problem(409, "too-many", f"at most {MOST} of them")
        added = await one(conn, owner, key)
    signed = wish.channel in addresses.WEBHOOKS
    secret = await run_sync(Keys(parts.settings.data_dir).webhook, key) if signed else None
    return AddedEndpoint(**dict(added), secret=secret)


async def probe(parts: Parts, owner: Owner, key: int, account: int) -> Tried:
    """Send a test message to an endpoint of `owner` and wait for what the service says.

    Problem 429 when `account` has just tried: this is no way to write to others.
    """
    now = parts.wall.now()
    if now - parts.probed.get(account, -_PROBE_EVERY) < _PROBE_EVERY:
        raise Problem(429, headers={"Retry-After": "10"}, retry_after_s=10)
    async with parts.pool.connection() as conn:
        await one(conn, owner, key)
    parts.probed = {who: at for who, at in parts.probed.items() if now - at < _PROBE_EVERY} | {account: now}
    answer = await run_sync(_probed, parts, key)
    if answer is None:
        raise not_found()
    return Tried(outcome=str(answer.outcome), detail=answer.detail)


def _probed(parts: Parts, key: int) -> Answer | None:
    settings = parts.settings
    through = channels(delivery_settings.load(), Keys(settings.data_dir))
    # A connection of its own: it may take ten seconds, and the others are waited for.
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True, **WATCHFUL) as conn:
        return endpoints.probe(conn, key, through, settings.board_url, parts.wall.now())


async def one(conn: Connection, owner: Owner, key: int) -> Endpoint:
    """The endpoint `key` of `owner`; Problem 404."""
    rows = await reaching.endpoints(conn, owner, key)
    if not rows:
        raise not_found()
    return endpoint(rows[0])


async def listed(parts: Parts, owner: Owner) -> list[Endpoint]:
    """All endpoints of `owner`."""
    async with parts.pool.connection() as conn:
        return [endpoint(row) for row in await reaching.endpoints(conn, owner)]


async def remove(parts: Parts, owner: Owner, key: int) -> None:
    """Forget an endpoint; Problem 404 when `owner` has none such."""
    async with parts.pool.connection() as conn:
        if not await reaching.remove_endpoint(conn, owner, key, parts.wall_now):
            raise not_found()


def notification(row: Row) -> Notification:
    """A row of `notifications` or `told`."""
    about = None
    if row["incident_id"] is not None:
        about = AboutIncident(
            id=str(row["incident_id"]),
            number=row["number"],
            kind=row["kind"],
            priority=row["incident_priority"],
            state=row["incident_state"],
            drill=row["drill"],
            title=title(row["kind"], row["severity"], row["time_zone"]),
            address=row["address"] or "",
        )
    known: dict[str, Any] = {name: row[name] for name in Notification.model_fields if name in row}
    return Notification(**known, incident=about)
