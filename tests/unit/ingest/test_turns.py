"""Who is in a hurry is served at once, the others in turns; nobody misses anything or sees it twice."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.detector import Detector
from core.batch import READING, Batch
from core.finding import Finding
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.motion import MotionWindow
from ingest.late import LOOK_BACK, LOOK_BACK_MOTION
from ingest.turns import LATE, LATE_MOTION, MANY, Turns


class Listener:
    """Remembers what it was shown, batch by batch."""

    def __init__(self, name: str, may_wait_s: float | None = None) -> None:
        self.name = name
        self.shown: list[list[int]] = []
        if may_wait_s is not None:
            self.may_wait_s = may_wait_s

    def know(self, directory: object) -> None:
        """Nothing here is about homes."""

    def resume(self, findings: object) -> None:
        """Nothing stood open."""

    def fold(self, batch: Batch) -> list[Finding]:
        self.shown.append(batch.readings["time"].tolist())
        return []

    def tick(self, now: int) -> list[Finding]:
        return []


def said(*times: int) -> Batch:
    readings = np.zeros(len(times), READING)
    readings["time"] = times
    return Batch(max(times), readings)


def fold(detector: Detector, batch: Batch) -> list[Finding]:
    return detector.fold(batch)


def test_who_does_not_say_that_it_can_wait_does_not_wait() -> None:
    hasty, calm = Listener("smoke"), Listener("silence", 0.2)
    turns = Turns([calm, hasty], fold)
    turns.hear(said(1), mono=0.0)
    turns.hear(said(2), mono=0.1)
    assert hasty.shown == [[1], [2]]
    assert calm.shown == []


def test_the_wait_begins_with_the_first_that_waits_and_ends_with_all_of_it_at_once() -> None:
    calm = Listener("silence", 0.2)
    turns = Turns([calm], fold)
    turns.hear(said(1), mono=10.0)
    turns.hear(said(2), mono=10.15)
    assert turns.wait_s(10.15, most=1.0) > 0.04
    turns.turn(10.19)
    assert calm.shown == []
    turns.turn(10.21)
    assert calm.shown == [[1, 2]]
    assert turns.wait_s(10.21, most=1.0) == 1.0


def test_one_is_served_at_a_time_and_what_comes_meanwhile_waits_for_the_next_round() -> None:
    first, second = Listener("silence", 0.2), Listener("drift", 0.2)
    turns = Turns([first, second], fold)
    turns.hear(said(1), mono=0.0)
    turns.turn(0.3)
    assert (first.shown, second.shown) == ([[1]], [])
    turns.hear(said(2), mono=0.31)
    assert turns.wait_s(0.31, most=1.0) == 0.0
    turns.turn(0.32)
    assert second.shown == [[1]]
    turns.settle()
    assert first.shown == second.shown == [[1], [2]]


def test_before_time_passes_everybody_has_seen_everything() -> None:
    falls, calm = Listener("falls", 0.05), Listener("silence", 0.2)
    turns = Turns([falls, calm], fold)
    turns.hear(said(1, 2), mono=0.0)
    turns.turn(0.1)
    turns.settle()
    turns.settle()
    assert falls.shown == calm.shown == [[1, 2]]


def test_what_is_heard_while_time_is_about_to_pass_neither_holds_it_up_nor_gets_lost() -> None:
    first, second = Listener("silence", 0.2), Listener("drift", 0.2)
    turns = Turns([first, second], fold)
    turns.hear(said(1), mono=0.0)
    settling = turns.settling()
    next(settling)
    turns.hear(said(2), mono=0.01)
    next(settling)
    assert next(settling, None) is None
    assert first.shown == second.shown == [[1]]
    turns.settle()
    assert first.shown == second.shown == [[1], [2]]


def test_much_at_once_waits_for_nothing() -> None:
    calm = Listener("silence", 0.2)
    turns = Turns([calm], fold)
    turns.hear(said(0), mono=0.0)
    turns.hear(said(*range(1, MANY + 1)), mono=0.01)
    assert calm.shown == [list(range(MANY + 1))]


@pytest.mark.parametrize(
    ("reading_ago", "motion_ago", "waits"),
    [(MINUTE, SECOND, True), (2 * HOUR, SECOND, False), (MINUTE, 10 * MINUTE, False)],
)
def test_what_a_restart_would_not_show_again_waits_for_nothing(
    reading_ago: int, motion_ago: int, waits: bool
) -> None:
    calm, now = Listener("falls", 0.2), 20_000 * DAY
    window = MotionWindow(1, 2, 7, now - motion_ago, 50.0, np.zeros((50, 3), np.int16))
    batch = replace(said(now - reading_ago), now=now, motion=[window])
    turns = Turns([calm], fold)
    turns.hear(batch, mono=0.0)
    assert (calm.shown == []) == waits
    assert LATE <= LOOK_BACK
    assert LATE_MOTION <= LOOK_BACK_MOTION
