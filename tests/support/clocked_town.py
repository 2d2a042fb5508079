"""A small town whose messages are handled by a clock that the test sets, forward and back."""

from datetime import UTC, datetime
from typing import Self

import psycopg

from analytics.detectors import all_detectors
from core.clock import ManualClock
from core.instant import from_datetime
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed
from tests.support.village import settle

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


class ClockedTown:
    """Two homes, and a worker with all detectors that goes by `clock`, which begins at START."""

    def __init__(self, dsn: str) -> None:
        settle(dsn, START)
        self.clock = ManualClock(from_datetime(START))
        self.dsn = dsn
        self.writer = Writer(lambda: psycopg.connect(dsn))
        self.begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def begin(self) -> None:
        """Another worker, as after a kill."""
        self.feed = Feed()
        self.worker = Worker(self.feed, self.writer, all_detectors(), self.clock)

    def count(self, what: str) -> int:
        """The number that the query `what` says."""
        with psycopg.connect(self.dsn) as conn:
            row = conn.execute(what.encode()).fetchone()
            assert row is not None
            return int(row[0])
