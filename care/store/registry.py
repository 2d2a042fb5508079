"""Stations, homes, people and devices: who is where, since when."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import TupleRow, dict_row

from care import secret
from care.community import Contact, Device, Home, Resident, Station
from care.search import call_words, keys
from care.store import sealing
from care.store.errors import CareError, Conflict, Unknown
from care.store.sealing import hidden
from core import queries, sealed

Connection = psycopg.Connection[TupleRow]

Q = queries.load(Path(__file__).with_name("registry.sql"))


def _one(conn: Connection, query: LiteralString, values: dict[str, Any]) -> TupleRow:
    row = conn.execute(query, values).fetchone()
    if row is None:
        raise CareError("a statement that always answers gave no row")
    return row


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name of a zone, a folder of zones
        return False
    return True


def put_station(conn: Connection, station: Station) -> int:
    """Add or correct a station; its parent must be there. Returns the key.

    Raises Unknown for the parent and CareError for a time zone that does not exist.
    """
    if not _is_zone(station.time_zone):
        raise CareError(f"station {station.code}: there is no time zone {station.time_zone!r}")
    if station.parent and not conn.execute(Q["station_id"], {"code": station.parent}).fetchone():
        raise Unknown(f"station {station.code} hangs under {station.parent}, which is not there")
    values = {name: getattr(station, name) for name in station.__struct_fields__}
    return int(_one(conn, Q["put_station"], values)[0])


def put_home(conn: Connection, home: Home, now: datetime) -> tuple[int, int]:
    """Add or correct a home; returns its key and its station's. Raises Unknown for the station.

    Those who live there go with the home when another station answers for it.
    """
    row = conn.execute(Q["station_id"], {"code": home.station}).fetchone()
    if row is None:
        raise Unknown(f"home {home.code} belongs to station {home.station}, which is not there")
    values = {name: getattr(home, name) for name in ("code", "address", "access_note", "lat", "lon")}
    home_id = int(_one(conn, Q["put_home"], {**values, "station_id": row[0], "now": now})[0])
    conn.execute(Q["follow_home"], {"home_id": home_id})
    return home_id, int(row[0])


def home(conn: Connection, code: str) -> tuple[int, int]:
    """Key of the home with this code and of its station; raises Unknown."""
    row = conn.execute(Q["home"], {"code": code}).fetchone()
    if row is None:
        raise Unknown(f"there is no home {code}")
    return int(row[0]), int(row[1])


def living_in(conn: Connection, home_id: int, now: datetime) -> list[tuple[int, str]]:
    """Key and name of those who live in a home at `now`."""
    return [
        (int(row[0]), str(row[1])) for row in conn.execute(Q["living_in"], {"home_id": home_id, "now": now})
    ]


def add_resident(conn: Connection, resident: Resident, station_id: int, now: datetime) -> int:
    """A new person of this station; returns the key."""
    values = {
        name: getattr(resident, name)
        for name in ("name", "sex", "born", "phone", "language", "living", "ability_grade", "risks")
    }
    place = sealed.places(conn)[0]
    values |= {name: sealed.seal(values[name], place) for name in ("name", "phone")} | {"place": place}
    key = int(_one(conn, Q["add_resident"], {**values, "station_id": station_id, "now": now})[0])
    words = hidden(keys(resident.name, resident.phone))
    conn.execute(Q["put_keys"], {"resident_id": key, "keys": words})
    return key


def move(conn: Connection, resident_id: int, home_id: int, since: datetime) -> None:
    """The person lives in this home from `since` on; an earlier stay ends then.

    The station that answers for the home answers for the person.
    """
    conn.execute(Q["end_residence"], {"resident_id": resident_id, "now": since})
    conn.execute(Q["move_in"], {"resident_id": resident_id, "home_id": home_id, "since": since})
    conn.execute(Q["follow_home"], {"home_id": home_id})


def put_contacts(conn: Connection, resident_id: int, contacts: Sequence[Contact]) -> None:
    """Whom to call for this person, the first one first, and nobody else any more."""
    place = sealing.place(conn, resident_id)
    before = conn.execute(Q["contact_names"], {"resident_id": resident_id}).fetchall()
    known = {int(row[0]): str(row[1]) for row in before}
    for rank, contact in enumerate(contacts, start=1):
        values: dict[str, object] = {
            "name": sealed.seal(contact.name, place),
            "relation": contact.relation,
            "phone": sealed.seal(contact.phone, place),
            "stays": known.get(rank) == contact.name,
        }
        values |= {"quiet_from": contact.quiet_from, "quiet_until": contact.quiet_until}
        conn.execute(Q["put_contact"], {"resident_id": resident_id, "rank": rank, **values})
    conn.execute(Q["drop_contacts"], {"resident_id": resident_id, "last": len(contacts)})
    words = hidden(call_words(contact.phone for contact in contacts))
    conn.execute(Q["put_call_keys"], {"resident_id": resident_id, "keys": words})


def give_consent(conn: Connection, resident_id: int, purpose: str, now: datetime, version: int = 1) -> None:
    """The person agrees to `purpose`; said twice it counts once."""
    values = {"resident_id": resident_id, "purpose": purpose, "version": version, "now": now}
    conn.execute(Q["give_consent"], values)


def note_consent(conn: Connection, resident_id: int, purpose: str, now: datetime) -> None:
    """What a document says was agreed to: counts once, and not when the person has withdrawn it since."""
    conn.execute(Q["note_consent"], {"resident_id": resident_id, "purpose": purpose, "now": now})


def withdraw_consent(conn: Connection, resident_id: int, purpose: str, now: datetime) -> bool:
    """The person no longer agrees; False when there was no consent to withdraw."""
    values = {"resident_id": resident_id, "purpose": purpose, "now": now}
    return conn.execute(Q["withdraw_consent"], values).rowcount > 0


def put_device(conn: Connection, device: Device, now: datetime) -> int:
    """Add a device or correct its model and reporting interval; raises Conflict when the kind differs."""
    values = {
        "code": device.code,
        "kind": device.kind,
        "model": device.model,
        "report_every_s": device.report_every_s,
        "now": now,
    }
    key, kind = _one(conn, Q["put_device"], values)
    if kind != device.kind:
        raise Conflict(f"device {device.code} is a {kind}, not a {device.kind}")
    return int(key)


def device_id(conn: Connection, code: str) -> int:
    """Key of the device with this code; raises Unknown."""
    row = conn.execute(Q["device_id"], {"code": code}).fetchone()
    if row is None:
        raise Unknown(f"there is no device {code}")
    return int(row[0])


def set_secret(conn: Connection, device_key: int, text: str, now: datetime) -> None:
    """Let the device in with `text` from now on, and with nothing else; the same text again changes nothing.

    Raises CareError on a secret short enough to guess.
    """
    if len(text) < 16 or len(text.encode()) > 72:  # bcrypt looks no further
        raise CareError("a device secret has 16 characters or more, and at most 72 bytes")
    row = conn.execute(Q["secret"], {"device_id": device_key}).fetchone()
    # Without the second hash the secret was made before there was one: both are made again.
    if row is None or not row[1] or not secret.matches(text, row[0]):
        kept = secret.hashes(text)._asdict()
        conn.execute(Q["drop_ended_secrets"], {"device_id": device_key})
        conn.execute(Q["set_secret"], {"device_id": device_key, "now": now, **kept})


def has_secret(conn: Connection, device_key: int) -> bool:
    """Whether the device can log in at all."""
    return conn.execute(Q["secret"], {"device_id": device_key}).fetchone() is not None


def set_console_secret(conn: Connection, station: str, text: str, now: datetime) -> None:
    """Let the station's console in with `text`, and with nothing else; raises Unknown for the station."""
    values = {"code": station, "now": now, **secret.hashes(text)._asdict()}
    if conn.execute(Q["set_console_secret"], values).rowcount != 1:
        raise Unknown(f"there is no station {station}")


def install(
    conn: Connection,
    device_key: int,
    home_id: int,
    resident_id: int | None,
    room: str,
    site: str,
    *,
    since: datetime,
) -> None:
    """Hang the device there from `since` on; where it was before, it is no longer.

    Nothing changes when it hangs there already. Raises Conflict when it was hung elsewhere after `since`.
    """
    before = conn.execute(Q["installed"], {"device_id": device_key}).fetchone()
    if before and before[:4] == (home_id, resident_id, room, site):
        return
    if before and before[4] >= since:
        raise Conflict(f"device {device_key} was hung elsewhere after {since.isoformat()}")
    conn.execute(Q["uninstall"], {"device_id": device_key, "now": since})
    values = {"home_id": home_id, "resident_id": resident_id, "room": room, "site": site}
    conn.execute(Q["install"], {"device_id": device_key, "since": since, **values})


def devices(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Every device with its place at `now`.

    Keys: code, kind, home, room, site, resident_id, report_every_s, secret_since.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(Q["devices"], {"now": now}).fetchall()


def ring(conn: Connection) -> None:
    """Tell the broker and the ingest workers, when this transaction commits, that devices changed."""
    conn.execute(Q["ring"])
