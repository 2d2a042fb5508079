"""A village with an outbox: incidents and notifications as the engine writes them, and a real worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from alerts import store as incidents
from alerts.delivery import faults
from alerts.delivery.channels import channels
from alerts.delivery.keys import Keys
from alerts.delivery.post import Post
from alerts.delivery.settings import DeliverySettings
from alerts.loops import Loops
from core.clock import Clock, SystemClock
from core.instant import to_datetime
from tests.support.village import settle

EAST = 3


class Outbox:
    """`conn` is in autocommit mode; home n has resident n."""

    def __init__(self, dsn: str, conn: psycopg.Connection[Any], folder: Path, clock: Clock) -> None:
        self.dsn, self.conn, self.folder, self.clock = dsn, conn, folder, clock
        self.keys = Keys(folder)
        self._accounts = 0

    @property
    def now(self) -> datetime:
        return to_datetime(self.clock.now())

    def account(self, role: str = "operator", station: int | None = EAST, resident: int | None = None) -> int:
        self._accounts += 1
        row = self.conn.execute(
            "INSERT INTO account (login, name, password_hash, created_at) VALUES (%s, %s, '', %s)"
            " RETURNING id",
            (f"a{self._accounts}", f"Person {self._accounts}", self.now),
        ).fetchone()
        assert row is not None
        self.conn.execute(
            "INSERT INTO role_grant (account_id, role, station_id, resident_id, granted_at)"
            " VALUES (%s, %s, %s, %s, %s)",
            (row[0], role, station, resident, self.now),
        )
        return int(row[0])

    def endpoint(self, owner: int, address: str, channel: str = "webhook", **more: Any) -> int:
        values = {"owner_kind": "account", "language": "en", "rank": 1, "least": "low"} | more
        row = self.conn.execute(
            "INSERT INTO endpoint (owner_kind, owner_id, channel, address, language, rank, least, quiet_from,"
            " quiet_until, created_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) RETURNING id",
            (
                values["owner_kind"], owner, channel, address, values["language"], values["rank"],
                values["least"], values.get("quiet_from"), values.get("quiet_until"), self.now,
            ),
        ).fetchone()  # fmt: skip
        assert row is not None
        return int(row[0])

    def incident(self, kind: str = "fall", *, home: int | None = 1, drill: bool = False) -> Any:
        key = uuid4()
        self.conn.execute(
            "INSERT INTO incident (id, version, kind, severity, priority, state, drill, station_id, home_id,"
            " resident_id, finding_id, onset, detected_at, opened_at, state_since, reason_key, reason_params)"
            " VALUES (%(id)s, 1, %(kind)s, 'possible', 'high', 'open', %(drill)s, 3, %(home)s, %(home)s,"
            " %(id)s, %(now)s, %(now)s, %(now)s, %(now)s, 'drill.fall', %(no)s)",
            {"id": key, "kind": kind, "home": home, "drill": drill, "now": self.now, "no": Jsonb({})},
        )
        return key

    def notify(self, incident: Any, to: int, **more: Any) -> int:
        """As a step of the engine does it: a row, and the doorbell."""
        values = {"kind": "account", "sees": "all", "priority": "high", "purpose": "alarm", "n": 1} | more
        with self.conn.transaction():
            row = self.conn.execute(
                "INSERT INTO notification (incident_id, n, recipient_kind, recipient_id, purpose, sees,"
                " priority, due_at, queued_at) VALUES (%(i)s, %(n)s, %(kind)s, %(to)s, %(purpose)s, %(sees)s,"
                " %(priority)s, %(now)s, %(now)s) RETURNING id",
                {**values, "i": incident, "to": to, "now": self.now},
            ).fetchone()
            self.conn.execute("SELECT pg_notify('notification', '')")
        assert row is not None
        return int(row[0])

    def takes_in_hand(self, incident: Any, n: int, state: str = "acknowledged") -> None:
        """Somebody does: event `n` of the incident, and the state it leads to."""
        self.conn.execute(
            "INSERT INTO incident_event (incident_id, n, at, kind, data) VALUES (%s, %s, %s, %s, '{}')",
            (incident, n, self.now, {"on_site": "arrived"}.get(state, state)),
        )
        self.conn.execute("UPDATE incident SET state = %s WHERE id = %s", (state, incident))

    def state(self, notification: int) -> str:
        return str(self.one("SELECT state FROM notification WHERE id = %s", notification))

    def outcomes(self, notification: int) -> list[str]:
        rows = self.conn.execute(
            "SELECT outcome FROM delivery_attempt WHERE notification_id = %s ORDER BY try", (notification,)
        )
        return [row[0] for row in rows]

    def one(self, statement: str, *values: Any) -> Any:
        row = self.conn.execute(statement.encode(), values).fetchone()
        return row[0] if row else None

    @contextmanager
    def worker(self, **settings: Any) -> Iterator[None]:
        """A worker in a thread, allowed to reach this machine unless said otherwise."""
        own = DeliverySettings(**{"allow_private_targets": True} | settings)
        loops = Loops(lambda: psycopg.connect(self.dsn, options="-c TimeZone=UTC"))
        post = Post(
            channels(own, self.keys), "https://nowalls.example", self.clock, loops.stopping, faults.watch
        )
        thread = Thread(target=loops.run, args=([post.work],))
        thread.start()
        try:
            yield
        finally:
            loops.stopping.set()
            with suppress(psycopg.Error):  # it need not sleep on until its next look
                self.conn.execute("NOTIFY notification")
            thread.join(30)
            assert not thread.is_alive()


@contextmanager
def outbox(dsn: str, folder: Path, clock: Clock | None = None) -> Iterator[Outbox]:
    clock = clock or SystemClock()
    start = to_datetime(clock.now())
    settle(dsn, start - timedelta(days=1), homes=2)
    with psycopg.connect(dsn, autocommit=True, options="-c TimeZone=UTC") as conn:
        incidents.seed_policies(conn, start)
        yield Outbox(dsn, conn, folder, clock)


def wait(what: Callable[[], Any], seconds: float = 15) -> Any:
    """The first true answer of `what`."""
    ring = Event()
    for _ in range(int(seconds * 100)):
        if answer := what():
            return answer
        ring.wait(0.01)
    raise AssertionError("it never came true")


START = datetime(2026, 3, 1, 3, tzinfo=UTC)
