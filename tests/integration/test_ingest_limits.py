"""What one device may leave behind, and for how long it is shut out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from core.batch import Batch
from core.instant import DAY, SECOND, from_datetime
from ingest import store
from ingest.decode import Decoded
from ingest.message import Fault, Message, Refused
from ingest.store import Store, Write
from ingest.tidying import STRANGERS
from tests.support.village import settle

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def refused(
    number: int, device: str, at: int, size: int = 10, fault: Fault = Fault.MALFORMED
) -> list[Refused]:
    return [
        Refused(Message(f"nw/v1/h1/{device}/vital", b"%d" % n * size, at + n), fault, "", "h1", device)
        for n in range(number)
    ]


def kept(conn: psycopg.Connection[Any]) -> dict[str, int]:
    return dict(conn.execute("SELECT device_code, count(*) FROM quarantine GROUP BY 1").fetchall())


def test_quarantine_keeps_the_newest_of_each_device_and_nothing_old(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(dsn, NOW)
    monkeypatch.setattr(store, "QUARANTINE", 20)
    monkeypatch.setattr(store, "QUARANTINE_BYTES", 3000)
    now = from_datetime(NOW)
    bad = [*refused(50, "w1", now), *refused(5, "w2", now), *refused(3, "p1", now, 1500)]
    bad += [*refused(4, "d1", now - 31 * DAY)]
    # Codes that nobody installed are free for whoever makes them up: together they are one device.
    bad += [item for n in range(30) for item in refused(1, f"made-up-{n}", now)]
    with psycopg.connect(dsn) as conn:
        keeper = Store(conn)
        keeper.write(Write(Decoded(Batch(now), refused=bad)), now)
        keeper.trim(["w2", "p1", STRANGERS])
        assert kept(conn)["w1"] == 50, "whose turn it is not"
        keeper.trim(["w1"])
        keeper.forget(now)
        left = kept(conn)
    assert left.pop("w1") == 20
    assert left.pop("w2") == 5
    assert left.pop("p1") == 2
    assert "d1" not in left
    assert sum(left.values()) == 20


def test_a_flood_leaves_one_row_that_counts(dsn: str) -> None:
    settle(dsn, NOW)
    now = from_datetime(NOW)
    with psycopg.connect(dsn) as conn:
        keeper = Store(conn)
        for _ in range(2):
            flood = refused(500, "w1", now, fault=Fault.TOO_MANY)
            keeper.write(Write(Decoded(Batch(now), refused=flood)), now)
        assert conn.execute("SELECT device_code, times FROM quarantine").fetchall() == [("w1", 1000)]


def test_each_pause_is_longer_until_it_has_been_quiet(dsn: str) -> None:
    settle(dsn, NOW)
    now, lasts = from_datetime(NOW), []
    with psycopg.connect(dsn) as conn:
        keeper = Store(conn)
        for later_s in (0, 5, 20, 60, 130, 300, 1200):
            at = now + later_s * SECOND
            keeper.write(Write(Decoded(Batch(at)), floods=[1, 1, 99_999]), at)
            row = conn.execute("SELECT until FROM device_pause WHERE device_id = 1").fetchone()
            assert row is not None
            lasts.append((row[0] - NOW - timedelta(seconds=later_s)).total_seconds())
    assert lasts == [15, 10, 30, 60, 120, 120, 15]  # at 5 s it is shut out already
