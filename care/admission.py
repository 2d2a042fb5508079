"""Taking a community in: stations, homes, people and devices, in one transaction."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from care import secret
from care.community import Community, Home, Resident
from care.store import registry as store
from care.store.errors import CareError
from care.store.fences import put_fences
from care.store.registry import Connection


@dataclass(slots=True)
class Admitted:
    """What a document came to; `secrets` are those made here, by device code, and are shown once."""

    stations: int = 0
    homes: int = 0
    residents: int = 0
    devices: int = 0
    secrets: dict[str, str] = field(default_factory=dict)


def admit(conn: Connection, community: Community, now: datetime, since: datetime | None = None) -> Admitted:
    """Take everything in; people live and devices hang there from `since` (default `now`).

    An earlier `since` lets history that is delivered later belong to the people it is about.
    Raises CareError and changes nothing when the document does not fit.
    """
    done = Admitted()
    with conn.transaction():
        for station in community.stations:
            store.put_station(conn, station)
            done.stations += 1
        for home in community.homes:
            _admit_home(conn, home, now, since or now, done)
        store.ring(conn)
    return done


def _admit_home(conn: Connection, home: Home, now: datetime, since: datetime, done: Admitted) -> None:
    home_id, station_id = store.put_home(conn, home, now)
    done.homes += 1
    known = {name: key for key, name in store.living_in(conn, home_id, now)}
    people = []
    for resident in home.residents:
        key = known.get(resident.name)
        if key is None:
            key = store.add_resident(conn, resident, station_id, _in_care_since(resident, now))
            store.move(conn, key, home_id, since)
            done.residents += 1
        store.put_contacts(conn, key, resident.contacts)
        for purpose in resident.consents:
            store.note_consent(conn, key, purpose, since)
        if resident.fences:
            put_fences(conn, key, resident.fences)
        people.append(key)
    for device in home.devices:
        if device.wearer is not None and not 0 <= device.wearer < len(people):
            raise CareError(f"device {device.code} is worn by person {device.wearer} of {len(people)}")
        device_key = store.put_device(conn, device, now)
        if device.secret:
            store.set_secret(conn, device_key, device.secret, now)
        elif not store.has_secret(conn, device_key):
            done.secrets[device.code] = secret.fresh()
            store.set_secret(conn, device_key, done.secrets[device.code], now)
        wearer = None if device.wearer is None else people[device.wearer]
        store.install(conn, device_key, home_id, wearer, device.room, device.site, since=since)
        done.devices += 1


def _in_care_since(resident: Resident, now: datetime) -> datetime:
    return now if resident.since is None else min(now, datetime.combine(resident.since, time(), UTC))
