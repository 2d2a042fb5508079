"""A small place for tests: two stations under one street, a few homes, a watch and some sensors in each."""

from datetime import datetime, timedelta

import psycopg

from care.community import Device, Home, Resident, Station
from care.store import registry as store

STATIONS = (
    Station(code="city", level="city", name="市", name_en="City"),
    Station(code="street", level="street", name="街道", name_en="Street", parent="city"),
    Station(code="east", level="community", name="东社区", name_en="East", parent="street"),
    Station(code="west", level="community", name="西社区", name_en="West", parent="street"),
)
SENSORS = (("pir", "kitchen"), ("door", "hall"), ("button", ""), ("smoke", "kitchen"))


def settle(dsn: str, now: datetime, homes: int = 2) -> None:
    """Homes h1, h2, ... turn by turn in east and west; each has one resident, a watch w<n> and SENSORS
    (p<n>, d<n>, b<n>, s<n>), installed a month before `now`."""
    since = now - timedelta(days=30)
    with psycopg.connect(dsn) as conn:
        for station in STATIONS:
            store.put_station(conn, station)
        for n in range(1, homes + 1):
            _home(conn, n, since)
        store.ring(conn)


def _home(conn: psycopg.Connection[tuple[object, ...]], n: int, since: datetime) -> None:
    station = "east" if n % 2 else "west"
    home, station_id = store.put_home(conn, Home(code=f"h{n}", station=station, address=f"{n} Lane"), since)
    resident = store.add_resident(conn, Resident(name=f"Resident {n}", living="alone"), station_id, since)
    store.move(conn, resident, home, since)
    store.give_consent(conn, resident, "family_view", since)
    watch = store.put_device(conn, Device(code=f"w{n}", kind="wearable", report_every_s=60), since)
    store.install(conn, watch, home, resident, "", "wrist", since=since)
    for kind, room in SENSORS:
        key = store.put_device(conn, Device(code=f"{kind[0]}{n}", kind=kind, report_every_s=3600), since)
        store.install(conn, key, home, None, room, "", since=since)
