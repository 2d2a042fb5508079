"""A device that was away hands over its memory while ingest is restarted: nothing of what follows is lost."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
import pytest

from analytics.detectors import Falls
from core.batch import Batch
from core.clock import ManualClock
from core.directory import Directory
from core.finding import Finding
from core.instant import HOUR, MINUTE, SECOND, from_datetime
from ingest.message import Message
from ingest.worker import Worker
from ingest.writer import Writer
from tests.support.feed import Feed, said
from tests.support.village import settle
from tests.unit.falls import acted

pytestmark = pytest.mark.integration

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NIGHT = from_datetime(START) - 5 * HOUR
FALL = acted.windows(np.concatenate([acted.walk(60), acted.fall(after=50)]))


class Witness:
    """A detector that only remembers which readings it saw: (minutes before START, value)."""

    name = "witness"

    def __init__(self) -> None:
        self.saw: list[tuple[int, float]] = []

    def know(self, directory: Directory) -> None: ...

    def resume(self, findings: Any) -> None: ...

    def fold(self, batch: Batch) -> list[Finding]:
        begin = from_datetime(START)
        self.saw += [((begin - int(row["time"])) // MINUTE, float(row["value"])) for row in batch.readings]
        return []

    def tick(self, now: int) -> list[Finding]:
        return []


class House:
    """Home h1 at eight in the morning."""

    def __init__(self, dsn: str) -> None:
        self.clock = ManualClock(from_datetime(START))
        self.writer = Writer(lambda: psycopg.connect(dsn, autocommit=True))
        self.sql = psycopg.connect(dsn, autocommit=True)
        self.worker = self.restarted()

    def restarted(self, *detectors: Any, after: int = 3 * SECOND) -> Worker:
        """Another worker takes over from one that was killed."""
        self.writer.close()
        self.clock.instant += after
        self.worker = Worker(Feed(), self.writer, detectors or [Falls()], self.clock)
        return self.worker

    def hear(self, messages: Sequence[Message]) -> None:
        """A batch, stored and reported."""
        assert self.worker.handle(messages)
        self.writer.report(asdict(self.worker.figures), self.clock.now())

    def falls(self) -> list[Any]:
        return self.sql.execute(
            "SELECT severity FROM finding WHERE kind = 'fall' ORDER BY revision"
        ).fetchall()

    def seen_again(self, after: int = 3 * SECOND) -> list[tuple[int, float]]:
        """What a detector sees of the past when a worker starts."""
        witness = Witness()
        self.restarted(witness, after=after)
        return witness.saw


@pytest.fixture
def house(dsn: str) -> Iterator[House]:
    settle(dsn, START)
    place = House(dsn)
    yield place
    place.writer.close()
    place.sql.close()


def night(now: int) -> list[Message]:
    """The windows of FALL as the watch remembers them from NIGHT on, each a message that comes at `now`."""
    packed = [base64.b64encode(window.acc.tobytes()).decode() for window in FALL]
    at = [NIGHT + window.start - FALL[0].start for window in FALL]
    told = [
        said("h1/w1/motion", t, n, hz=50, acc_b64=acc)
        for n, (t, acc) in enumerate(zip(at, packed, strict=True))
    ]
    return [Message(one.topic, one.payload, now) for one in told]


def steps(house: House, *minutes: int, value: int = 1, device: str = "p1") -> list[Message]:
    """Somebody moved so many minutes before START, told now in one message."""
    begin = from_datetime(START)
    events = [
        {"t": (begin - ago * MINUTE) // 1000, "seq": 0, "kind": "presence", "state": value} for ago in minutes
    ]
    return [Message(f"nw/v1/h1/{device}/event", json.dumps(events).encode(), house.clock.now())]


@pytest.mark.parametrize("handed", [67, 90])
def test_a_fall_of_the_night_is_found_though_ingest_was_restarted_in_the_middle_of_it(
    house: House, handed: int
) -> None:
    whole = night(house.clock.now())
    house.hear(whole[:handed])
    house.restarted()
    house.hear(whole[handed:])
    assert house.falls() == [("possible",), ("long_lie",)]


def test_what_a_gateway_handed_over_of_hours_ago_is_seen_again_in_the_order_in_which_it_came(
    house: House,
) -> None:
    house.hear(steps(house, 400, 390, value=0, device="d1"))  # long before
    house.clock.instant += 3 * HOUR
    for told in ([-180], [300, 299, 298], [297], [-181]):
        house.hear(steps(house, *told))
        house.clock.instant += MINUTE
    for away in (3 * SECOND, 5 * HOUR):  # of ingest itself
        again = house.seen_again(after=away)
        assert [ago for ago, _ in again] == [-180, 300, 299, 298, 297, -181]


def test_what_has_been_over_for_more_than_an_hour_is_not_seen_again(house: House) -> None:
    house.hear(steps(house, 300, 299))
    house.clock.instant += 71 * MINUTE
    house.hear(steps(house, -71))
    assert house.seen_again() == [(-71, 1)]
