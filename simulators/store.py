"""What a replay sees in the database of what it published. Reads only."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from core import queries
from core.database import connect
from core.instant import to_datetime
from core.quantity import BY_ID as QUANTITIES
from core.settings import Settings

Q = queries.load(Path(__file__).with_name("queries.sql"))


class Seen(NamedTuple):
    """A finding as it appeared: names instead of keys, instants in Unix microseconds.

    `seen_at` is the real instant (seconds, time.time) at which it could be read from outside.
    """

    id: UUID
    revision: int
    kind: str
    severity: str
    home: str
    device: str
    onset: int
    at: int
    probability: float | None
    cleared: bool
    seen_at: float


class Witness:
    """Watches the findings of a running system from now on."""

    def __init__(self, settings: Settings) -> None:
        self._conn = connect(settings, "nowalls replay")
        self._conn.autocommit = True
        self._conn.execute(Q["listen"])
        self._after = self._number("last_serial", {})
        self.seen: list[Seen] = []

    def wait(self, timeout_s: float) -> list[Seen]:
        """Findings that appeared within `timeout_s` seconds; returns with the first."""
        for _ in self._conn.notifies(timeout=timeout_s, stop_after=1):
            pass
        return self._look()

    def _look(self) -> list[Seen]:
        rows = self._conn.execute(Q["findings"], {"after": self._after}).fetchall()
        seen_at = time.time()
        fresh = [Seen._make((*row[1:], seen_at)) for row in rows]
        if rows:
            self._after = rows[-1][0]
        self.seen += fresh
        return fresh

    def stored_motion(self, codes: Sequence[str]) -> int:
        """Windows stored of these devices."""
        return self._number("stored_motion", {"codes": list(codes)})

    def stored_readings(self, codes: Sequence[str]) -> int:
        """Readings stored of these devices."""
        return self._number("stored_readings", {"codes": list(codes)})

    def incidents(self, ids: Sequence[UUID]) -> int:
        """How many of these findings became an incident."""
        return self._number("incidents", {"ids": list(ids)})

    def close(self) -> None:
        """Look no more."""
        self._conn.close()

    def _number(self, query: str, values: dict[str, Any]) -> int:
        row = self._conn.execute(Q[query], values).fetchone()
        assert row is not None
        return int(row[0])


class Place(NamedTuple):
    """Where an Onlooker looks: codes of stations, homes and devices, since an instant (Unix microseconds).

    `platform`: also at what is about the platform itself.
    """

    stations: Sequence[str]
    homes: Sequence[str]
    devices: Sequence[str]
    since: int
    platform: bool = False


class Outcome(NamedTuple):
    """What an Onlooker saw.

    Incident rows with their steps; counts by (device, reason or metric); who was told (incident, kind of
    recipient, name, purpose, instant); counts by (kind, verdict); (person, reason) of those worth a visit;
    (number, kind, home) of incidents open since before; device -> when it last spoke by our clock
    (microseconds) and by how much its own is corrected (milliseconds).
    """

    incidents: list[tuple[Any, ...]]
    quarantined: dict[tuple[str, str], int]
    stored: dict[tuple[str, str], int]
    told: list[tuple[str, str, str, str, int]]
    rulings: dict[tuple[str, str], int]
    visits: list[tuple[str, str]]
    open_before: list[tuple[int, str, str]]
    heard: dict[str, tuple[int | None, int]]


class Onlooker:
    """Sees what becomes of a scenario. Reads only."""

    def __init__(self, settings: Settings) -> None:
        self._conn = connect(settings, "nowalls scenario")
        self._conn.autocommit = True

    def close(self) -> None:
        """Look no more."""
        self._conn.close()

    def seen(self, place: Place) -> Outcome:
        """What came of a place."""
        values = {
            "stations": list(place.stations),
            "homes": list(place.homes),
            "codes": list(place.devices),
            "since": to_datetime(place.since),
            "platform": place.platform,
        }
        rows = self._conn.execute(Q["scenario_incidents"], values).fetchall()
        steps: dict[UUID, list[tuple[str, int, dict[str, Any]]]] = {row[0]: [] for row in rows}
        for row in self._conn.execute(Q["scenario_steps"], {"ids": list(steps)}):
            steps[row[0]].append((row[1], row[2], row[3]))
        stored = {
            (row[0], QUANTITIES[row[1]].name if row[1] in QUANTITIES else str(row[1])): int(row[2])
            for row in self._conn.execute(Q["scenario_readings"], values)
        }
        motion = self._conn.execute(Q["scenario_motion"], values)
        stored |= {(row[0], "motion"): int(row[1]) for row in motion}
        aside = self._conn.execute(Q["scenario_quarantine"], values)
        told = self._conn.execute(Q["scenario_told"], {"ids": list(steps)}).fetchall()
        ruled = self._conn.execute(Q["scenario_rulings"], values)
        return Outcome(
            [(str(row[0]), *row[1:], steps[row[0]]) for row in rows],
            {(row[0], row[1]): int(row[2]) for row in aside},
            stored,
            [(str(row[0]), row[1], row[2], row[3], int(row[4])) for row in told],
            {(row[0], row[1]): int(row[2]) for row in ruled},
            [(row[0], row[1]) for row in self._conn.execute(Q["scenario_visits"], values)],
            self.open_before(place),
            {row[0]: (row[1], int(row[2])) for row in self._conn.execute(Q["scenario_heard"], values)},
        )

    def open_before(self, place: Place) -> list[tuple[int, str, str]]:
        """(number, kind, code of the home) of incidents of a place that were opened before and still are."""
        values = {"homes": list(place.homes), "since": to_datetime(place.since)}
        return [(int(row[0]), row[1], row[2]) for row in self._conn.execute(Q["scenario_open"], values)]

    def claimed_at(self, code: str, since: int) -> int | None:
        """When a device last exchanged a claim code for its secret since an instant; Unix microseconds."""
        row = self._conn.execute(Q["claimed_at"], {"code": code, "since": to_datetime(since)}).fetchone()
        return row[0] if row else None

    def keys(self, place: Place) -> dict[tuple[str, str], int]:
        """("station", "home", "device" or "person", code or name) -> key."""
        values = {"stations": list(place.stations), "homes": list(place.homes), "codes": list(place.devices)}
        return {(row[0], row[1]): int(row[2]) for row in self._conn.execute(Q["scenario_keys"], values)}
