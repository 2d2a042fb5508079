"""The server's clock is set forward or back while devices go on: nothing is stored twice, nothing is gone, no
cry for help is missed, and what is said later has its own time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg
import pytest

from core.instant import HOUR, MINUTE, SECOND, from_datetime
from ingest.message import Message
from tests.support.clocked_town import ClockedTown
from tests.support.feed import said

pytestmark = pytest.mark.integration


class Town(ClockedTown):
    """The worker goes by the server's clock, a watch and a button by the true time."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self.true, self.number = self.clock.instant, 0

    def live(self, seconds: int) -> list[Message]:
        """So long the watch says its pulse each second; what it said."""
        spoken = []
        for _ in range(seconds):
            self.true += SECOND
            self.clock.instant += SECOND
            self.number += 1
            spoken += self.hear(
                [said("h1/w1/vital", self.true, self.number, heart_rate=60 + self.number % 20)]
            )
        return spoken

    def press(self) -> list[Message]:
        return self.hear([said("h2/b2/event", self.true, 1, kind="button", state=1)])

    def hear(self, messages: Sequence[Message]) -> list[Message]:
        """They arrive now, by the server's clock."""
        arrived = [replace(message, received=self.clock.now()) for message in messages]
        assert self.worker.handle(arrived)
        return arrived


@pytest.fixture
def town(dsn: str) -> Iterator[Town]:
    with Town(dsn) as town:
        yield town


@pytest.mark.parametrize("step", [-HOUR, -2 * SECOND, 5 * MINUTE, HOUR])
@pytest.mark.parametrize("killed", [False, True])
def test_what_comes_again_after_a_step_is_the_same(town: Town, step: int, killed: bool) -> None:
    before = [*town.live(60), *town.press()]
    town.clock.instant += step
    if killed:
        town.begin()
    town.hear(before[-20:])  # not acknowledged in time: the broker says them again
    town.live(60)
    with psycopg.connect(town.dsn) as conn:
        pulses = conn.execute(
            "SELECT count(*), count(DISTINCT time) FROM reading WHERE metric = 1"
        ).fetchone()
        # Ahead of a clock that was set back, the first are put aside until it is plain whose clock is wrong.
        kept = [json.loads(row[0])["seq"] for row in conn.execute("SELECT payload FROM quarantine")]
        aside = len([number for number in kept if number > 60])
        assert pulses == (120 - aside, 120 - aside)
        assert aside <= 3
        cries = "SELECT count(DISTINCT id) FROM finding WHERE kind = 'sos'"
        # Of a button whose clock seems an hour fast nobody can tell whether it is the same cry: it is heard
        # again (analytics.immediate), and triage joins it to the incident that is open.
        assert conn.execute(cries).fetchone() == (2 if step == -HOUR else 1,)


def test_after_a_clock_was_an_hour_fast_and_set_right_what_is_said_has_its_own_time(town: Town) -> None:
    town.live(60)
    town.clock.instant += HOUR
    town.live(60)
    town.clock.instant -= HOUR
    town.live(300)
    with psycopg.connect(town.dsn) as conn:
        (last,) = conn.execute("SELECT max(time) FROM reading WHERE metric = 1").fetchone() or (None,)
    assert abs(from_datetime(last) - town.true) < 2 * MINUTE
