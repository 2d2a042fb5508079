"""The keys of a device: a one-time claim code, exchanged for a secret; a secret rotated, or revoked at once.

Every change rings the doorbell of the broker's users, and holds when the caller's transaction commits.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from care import claim as claims
from care import secret
from care.claim import Claim
from care.store import registry
from care.store.errors import Conflict, Unknown
from care.store.registry import Connection
from core import queries
from core.embedded.nats_config import Login

Q = queries.load(Path(__file__).with_name("keys.sql"))

CLAIM_DAYS, MOST_CLAIM_DAYS = 7, 366
OVERLAP, MOST_OVERLAP = timedelta(minutes=15), timedelta(days=7)


class Place(NamedTuple):
    """A device and where it hangs; `home` is "" when it hangs nowhere."""

    device_id: int
    code: str
    home: str


class Key(NamedTuple):
    """What a device logs in with: shown once, kept nowhere."""

    place: Place
    user: str
    secret: str


def offer(conn: Connection, device_id: int, now: datetime, days: int, printed: Claim | None = None) -> Claim:
    """A claim code for a device, which takes the place of one not used; `printed` is one its maker gave it.

    Raises Unknown, and Conflict when the code is taken.
    """
    _lock(conn, device_id)
    code = printed or claims.fresh()
    conn.execute(Q["drop_claims"], {"device_id": device_id})
    values = {"id": code.id, "device_id": device_id, "now": now, "ends_at": now + timedelta(days=days)}
    kept = secret.hashes(code.secret)._asdict()
    if conn.execute(Q["put_claim"], {**values, **kept}).rowcount != 1:
        raise Conflict("this claim code was given out before")
    registry.ring(conn)
    return code


def exchange(conn: Connection, code: Claim, now: datetime) -> Key | None:
    """The device's own secret for its claim code, once; whatever it had before ends now.

    None for a code that is wrong, used or over. Raises Conflict when the device hangs nowhere yet: the code
    stays good.
    """
    row = conn.execute(Q["claim"], {"id": code.id, "now": now}).fetchone()
    if row is None or not secret.matches(code.secret, row[1]):
        return None
    place = _lock(conn, row[0])
    if not place.home:
        raise Conflict("the device is not installed yet")
    if conn.execute(Q["use_claim"], {"id": code.id, "now": now}).rowcount != 1:
        return None
    return _renew(conn, place, now, now)


def login(conn: Connection, user: str, text: str | None, now: datetime) -> int | None:
    """Key of the device that logs in so; None when the broker would not let it in either. Without `text` the
    secret was looked at before, and whether the login still counts is all that is asked."""
    code, at, number = user.partition("@")
    if at and not (number.isascii() and number.isdigit() and 1 < int(number[:10]) < 2**31):
        return None
    values = {"code": code.replace("\x00", ""), "number": int(number[:10]) if at else 1, "now": now}
    row = conn.execute(Q["login"], values).fetchone()
    fits = row is not None and (text is None or secret.matches(text, row[1]))
    return int(row[0]) if row is not None and fits else None


def rotate(conn: Connection, device_id: int, now: datetime, overlap: timedelta = OVERLAP) -> Key:
    """A new secret; the one before counts for `overlap` more, older ones not longer than before.

    Raises Unknown.
    """
    return _renew(conn, _lock(conn, device_id), now, now + overlap)


def revoke(conn: Connection, device_id: int, now: datetime) -> bool:
    """Shut the device out: no secret and no claim code counts from now on. Whether anything changed."""
    _lock(conn, device_id)
    values = {"device_id": device_id, "now": now, "ends_at": now}
    ended = conn.execute(Q["end_secrets"], values).rowcount
    gone = conn.execute(Q["drop_claims"], values).rowcount
    registry.ring(conn)
    return ended + gone > 0


def state(conn: Connection, device_id: int, now: datetime) -> dict[str, Any]:
    """secret_since, old_until, claim_until, paused_until: an instant, or None."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(Q["state"], {"device_id": device_id, "now": now}).fetchone()
    return row or {}


def _lock(conn: Connection, device_id: int) -> Place:
    row = conn.execute(Q["lock_device"], {"device_id": device_id}).fetchone()
    if row is None:
        raise Unknown("there is no such device")
    return Place(row[0], row[1], row[2] or "")


def _renew(conn: Connection, place: Place, now: datetime, ends_at: datetime) -> Key:
    values = {"device_id": place.device_id, "now": now, "ends_at": ends_at}
    conn.execute(Q["end_secrets"], values)
    text = secret.fresh()
    row = conn.execute(Q["add_secret"], {**values, **secret.hashes(text)._asdict()}).fetchone()
    assert row is not None
    conn.execute(Q["sweep"], values)
    registry.ring(conn)
    return Key(place, Login(place.code, place.home, "", row[0]).user, text)
