"""Devices of other systems: who may speak for them, what was found, and which device of ours each is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from care.community import Device
from care.store import registry
from care.store.errors import Conflict, Unknown
from care.store.rows import Connection, Row, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

# What a thing seems to be, by what it says: the first that fits. The kinds are those of our own devices.
_SEEMS = (
    ("smoke", "smoke"), ("gas", "gas"), ("co", "co"), ("water", "water"), ("need_help", "button"),
    ("button", "button"), ("heart_rate", "wearable"), ("spo2", "wearable"), ("steps", "wearable"),
    ("bed", "bed"), ("chair", "chair"), ("fall", "radar"), ("presence", "pir"), ("door", "door"),
    ("appliance", "appliance"), ("vibration", "vibration"), ("weight", "scale"), ("systolic", "cuff"),
    ("room_temperature", "climate"), ("room_humidity", "climate"),
)  # fmt: skip


class Speaker(NamedTuple):
    """A device that has proven itself, and how it may speak."""

    code: str
    home: str
    speaks_for_others: bool
    paused: bool


def speaker(conn: Connection, device: int, now: datetime) -> Speaker | None:
    """Where the device hangs and what it may; None when it hangs nowhere."""
    found = conn.execute(Q["speaker"], {"device": device, "now": now}).fetchone()
    return None if found is None else Speaker(*found)


def seems(says: Mapping[str, float]) -> str:
    """The kind of device that a thing seems to be; "sensor" when nothing tells."""
    return next((kind for quantity, kind in _SEEMS if quantity in says), "sensor")


def allow(conn: Connection, device: int, now: datetime, *, allowed: bool) -> None:
    """Whether the device's login may speak for devices of other systems, from now on."""
    conn.execute(Q["allow" if allowed else "forbid"], {"device": device, "now": now})
    registry.ring(conn)


def is_allowed(conn: Connection, device: int) -> bool:
    """Whether it may."""
    found = conn.execute(Q["allowed"], {"device": device}).fetchone()
    return bool(found and found[0])


def page(
    conn: Connection, paths: Sequence[str], now: datetime, limit: int, *, unnamed: bool | None = None,
    before: tuple[datetime, int] | None = None, found: int | None = None,
) -> list[Row]:  # fmt: skip
    """What was found within the scope, the latest first; `unnamed`: only those nobody named, or the rest."""
    values: dict[str, Any] = {"paths": list(paths), "whole": "" in paths, "now": now, "limit": limit}
    values |= {"open": unnamed, "found": found}
    values |= {"before": before[0] if before else None, "before_id": before[1] if before else None}
    return rows(conn, Q["page"], values)


def one(conn: Connection, paths: Sequence[str], found: int, now: datetime) -> Row:
    """One of them; raises Unknown outside the scope."""
    known = page(conn, paths, now, 1, found=found)
    if not known:
        raise Unknown("nothing of this number was found")
    return known[0]


def assign(
    conn: Connection,
    paths: Sequence[str],
    found: int,
    device: Device,
    home: Row,
    resident: int | None,
    now: datetime,
) -> int:
    """The thing is a new device of ours, which hangs in `home` from now on; its key.

    Raises Unknown outside the scope or for a resident who does not live there, Conflict when it has a name
    already or the code is taken.
    """
    with conn.transaction():
        known = one(conn, paths, found, now)
        if known["device_id"] is not None:
            raise Conflict("it is a device already")
        if resident is not None and resident not in {living["id"] for living in home["living"]}:
            raise Unknown(f"resident {resident} does not live there")
        if row(conn, Q["device"], {"code": device.code}) is not None:
            raise Conflict("this code is taken")
        key = registry.put_device(conn, device, now)
        try:
            registry.install(conn, key, home["id"], resident, device.room, device.site, since=now)
        except psycopg.errors.ExclusionViolation as error:
            raise Conflict("it was hung elsewhere") from error
        conn.execute(Q["name"], {**_key(known), "device": key, "now": now})
        registry.ring(conn)
    return key


def be(conn: Connection, paths: Sequence[str], found: int, device: int, now: datetime) -> None:
    """The thing is a device that there is already: one that is replaced, or that speaks two tongues."""
    conn.execute(Q["name"], {**_key(one(conn, paths, found, now)), "device": device, "now": now})


def ignore(conn: Connection, paths: Sequence[str], found: int, now: datetime) -> None:
    """Nothing of it is wanted: it is not listened to, and fills no quarantine."""
    conn.execute(Q["name"], {**_key(one(conn, paths, found, now)), "device": None, "now": now})


def forget(conn: Connection, paths: Sequence[str], found: int, now: datetime) -> None:
    """It is nobody's again; the device it was stays where it hangs, and falls silent."""
    conn.execute(Q["unname"], _key(one(conn, paths, found, now)))


def _key(known: Row) -> Row:
    return {name: known[name] for name in ("source_id", "tongue", "foreign_id")}
