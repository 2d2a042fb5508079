"""Several workers, each with its own homes: what one does not look after it does not even remember."""

from datetime import UTC, datetime

import psycopg
import pytest

from analytics.immediate import ImmediateDetector
from core.batch import Batch
from core.clock import ManualClock
from core.finding import Finding
from core.instant import from_datetime
from core.partition import Share, partition_of
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOMES = range(1, 7)


class Witness:
    """Remembers whom it was told of."""

    name = "witness"

    def __init__(self) -> None:
        self.homes: set[str] = set()
        self.seen: set[int] = set()
        self.resumed: set[int] = set()

    def know(self, directory: object) -> None:
        entries = directory.by_id.values()  # type: ignore[attr-defined]
        self.homes = {entry.home_code for entry in entries}

    def resume(self, findings: list[Finding]) -> None:
        self.resumed |= {finding.home for finding in findings}

    def fold(self, batch: Batch) -> list[Finding]:
        self.seen |= set(batch.readings["home"].tolist())
        return []

    def tick(self, now: int) -> list[Finding]:
        return []


def test_a_town_shared_by_two_workers_is_whole_and_nobody_is_watched_twice(dsn: str) -> None:
    settle(dsn, START, homes=len(HOMES))
    clock = ManualClock(from_datetime(START))
    with psycopg.connect(dsn) as conn:
        keys = dict(conn.execute("SELECT code, id FROM home").fetchall())
    codes = [f"h{n}" for n in HOMES]
    parts = [{code for code in codes if partition_of(code, 2) == number} for number in range(2)]
    assert all(parts), "these codes must fall on both sides for the test to say anything"
    presses = [said(f"h{n}/b{n}/event", clock.now(), kind="button", state=1) for n in HOMES]
    before = Writer(lambda: psycopg.connect(dsn))
    Worker(Feed(), before, [ImmediateDetector()], clock).handle(presses)
    before.close()
    for number, part in enumerate(parts):
        witness, writer = Witness(), Writer(lambda: psycopg.connect(dsn))
        Worker(Feed(), writer, [witness], clock, f"ingest-p{number}", share=Share.nth(number, 2))
        writer.close()
        own = {keys[code] for code in part}
        assert witness.homes == part
        assert witness.seen == own
        assert witness.resumed == own
