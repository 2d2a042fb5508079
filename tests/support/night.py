"""A station at night: detectors find, the engine works, people act. Time is moved by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from alerts import cycles, store
from alerts.engine import TIMERS
from alerts.incident import Incident
from core.batch import Batch
from core.clock import ManualClock
from core.finding import Finding, Reason
from core.instant import SECOND, from_datetime
from ingest.decode import Decoded
from ingest.store import Store, Write

START = datetime(2026, 3, 1, 3, tzinfo=UTC)


class Night:
    """The village of tests.support.village, where odd homes are in the station east."""

    def __init__(self, conn: psycopg.Connection[Any], found: Store, start: datetime = START) -> None:
        self.conn, self._found = conn, found
        self.clock = ManualClock(from_datetime(start))
        store.seed_policies(conn, start)
        self.book = store.policies(conn)
        keys: dict[str, int] = dict(conn.execute("SELECT code, id FROM station").fetchall())
        self.stations = keys
        self.east, self.west, self.street, self.city = (keys[c] for c in ("east", "west", "street", "city"))

    def finds(self, kind: str, home: int = 1, **known: Any) -> Finding:
        """A detector writes a finding."""
        now = self.clock.now()
        known = {"resident": home, "onset": now, "at": now, "reason": Reason(f"{kind}.x")} | known
        finding = Finding(kind=kind, home=home, **known)
        self.write(finding)
        return finding

    def write(self, *findings: Finding) -> None:
        """Findings are committed."""
        self._found.write(Write(Decoded(Batch(self.clock.now())), findings), self.clock.now())

    def works(self) -> None:
        """The engine does what there is to do now."""
        while cycles.triage(self.conn, self.book, self.clock.now()):
            pass
        for cycle in (*TIMERS, cycles.ahead):
            cycle(self.conn, self.book, self.clock.now())

    def passes(self, seconds: float) -> None:
        """The engine lives through so many seconds, awake at each instant at which something is due."""
        end = self.clock.now() + round(seconds * SECOND)
        self.works()
        while (due := cycles.next_due(self.conn, "next_step")) is not None and due <= end:
            self.clock.instant = max(due, self.clock.instant)
            self.works()
        self.clock.instant = end
        self.works()

    def hires(self, name: str, role: str, station: str) -> int:
        """Somebody gets an account and a role; returns its key."""
        row = self.conn.execute(
            "INSERT INTO account (login, name, password_hash, created_at)"
            " VALUES (%s, %s, '', %s) RETURNING id",
            (name, name.capitalize(), START),
        ).fetchone()
        assert row is not None
        self.conn.execute(
            "INSERT INTO role_grant (account_id, role, station_id, granted_at) VALUES (%s, %s, %s, %s)",
            (row[0], role, self.stations[station], START),
        )
        return int(row[0])

    def has_contact(self, resident: int, rank: int) -> int:
        """Somebody is to be called for a resident; returns the key."""
        row = self.conn.execute(
            "INSERT INTO contact (resident_id, rank, name) VALUES (%s, %s, %s) RETURNING id",
            (resident, rank, f"Contact {rank} of {resident}"),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def incidents(self) -> list[Incident]:
        """All there are."""
        return store.incidents(self.conn, "all", {})

    def incident(self) -> Incident:
        """The only one."""
        (incident,) = self.incidents()
        return incident

    def events(self, incident: UUID) -> list[str]:
        """The kinds of its events in order."""
        rows = self.conn.execute(
            "SELECT kind FROM incident_event WHERE incident_id = %s ORDER BY n", (incident,)
        )
        return [row[0] for row in rows]

    def verdicts(self) -> list[str]:
        """What became of the findings, in order."""
        return [row[0] for row in self.conn.execute("SELECT verdict FROM triage ORDER BY at, revision")]

    def told(self, n: int | None = None) -> Sequence[tuple[str, str, int, str]]:
        """(purpose, kind of recipient, key, what it sees) of the messages asked for, or of those after the
        first `n`."""
        rows = self.conn.execute(
            "SELECT purpose, recipient_kind, recipient_id, sees FROM notification ORDER BY n, recipient_kind,"
            " recipient_id"
        ).fetchall()
        return rows[n or 0 :]
