"""Homes with their rooms, and what hangs there: assignments are periods, and none is rewritten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from care import search, secret
from care.community import Device
from care.store import registry
from care.store.errors import Conflict, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_FIELDS = ("address", "access_note", "lat", "lon", "rooms")


def page(
    conn: Connection, scope: Row, station: int | None, begins: str, limit: int, after: int = 0
) -> list[Row]:
    """At most `limit` homes of the scope whose code or address begins as asked, by key."""
    like = search.like(begins) if begins else None
    return rows(conn, Q["page"], {**scope, "station": station, "like": like, "limit": limit, "after": after})


def one(conn: Connection, scope: Row, home: int, now: datetime) -> Row | None:
    """A home with who lives there and what hangs there; None outside the scope."""
    values = {**scope, "home": home, "now": now}
    found = row(conn, Q["one"], values)
    if found is None:
        return None
    return found | {name: rows(conn, Q[name], values) for name in ("living", "devices")}


def add(conn: Connection, paths: Sequence[str], home: Mapping[str, Any], now: datetime) -> int:
    """A new home; raises Unknown for a station outside `paths` and Conflict for a code that is taken."""
    station = key(conn, Q["station"], {"station": home["station_id"], "paths": list(paths)})
    if station is None:
        raise Unknown("there is no such station")
    added = key(conn, Q["add"], {**home, "now": now})
    if added is None:
        raise Conflict("this code is taken")
    return added


def change(conn: Connection, home: Row, fields: Mapping[str, Any]) -> None:
    """Change what is in `fields` of the home that `one` gave."""
    kept = {name: fields.get(name, home[name]) for name in _FIELDS}
    conn.execute(Q["update"], {**kept, "id": home["id"]})
    registry.ring(conn)


def install(
    conn: Connection, home: Row, device: Device, resident: int | None, since: datetime, now: datetime,
    reaches: Sequence[str],
) -> tuple[int, str | None]:  # fmt: skip
    """Hang a device in the home that `one` gave; returns its key and, of a new one, its secret: this once.

    `reaches` are the subtrees of who does it: Unknown when the device hangs outside them now, or `resident`
    does not live there. Raises Conflict when it is of another kind or was hung elsewhere after `since`.
    """
    with conn.transaction():
        known = row(conn, Q["by_code"], {"code": device.code})
        if known is not None and not _within(known["path"], reaches):
            raise Unknown(f"there is no device {device.code}")
        if resident is not None and resident not in {one["id"] for one in home["living"]}:
            raise Unknown(f"resident {resident} does not live there")
        if known is not None and known["kind"] != device.kind and device.kind:
            raise Conflict("the device is of another kind")
        if known is None and not device.kind:
            raise Unknown(f"there is no device {device.code}")
        device_key = known["id"] if known else registry.put_device(conn, device, now)
        text = None
        if known is None:
            text = secret.fresh()
            registry.set_secret(conn, device_key, text, now)
        try:
            registry.install(conn, device_key, home["id"], resident, device.room, device.site, since=since)
        except (psycopg.errors.ExclusionViolation, psycopg.errors.InsufficientPrivilege) as error:
            # It hangs, or hung last, where the caller does not see.
            raise Unknown(f"there is no device {device.code}") from error
        registry.ring(conn)
    return device_key, text


def device(conn: Connection, scope: Row, device_key: int) -> Row | None:
    """id, code, kind, home_id, hangs of a device of the scope; None outside."""
    return row(conn, Q["device"], {**scope, "device": device_key})


def uninstall(conn: Connection, device_key: int, now: datetime) -> bool:
    """Take it down; False when it hung nowhere."""
    done = conn.execute(Q["uninstall"], {"device": device_key, "now": now}).rowcount > 0
    registry.ring(conn)
    return done


def history(conn: Connection, scope: Row, device_key: int) -> list[Row]:
    """Every stay of a device within the scope, the latest first."""
    return rows(conn, Q["history"], {**scope, "device": device_key})


def _within(path: str | None, reaches: Sequence[str]) -> bool:
    if path is None:
        return True
    return any(top in ("", path) or path.startswith(f"{top}.") for top in reaches)
