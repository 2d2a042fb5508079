"""What is read for the detectors of daily life: a few homes a tick, and only what was said since."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from analytics.inactivity import InactivityDetector
from analytics.living import LivingDetector
from analytics.living.day import FIGURE, FIGURES, HomeDay
from analytics.living.drift import worth_a_visit
from analytics.silence_patience import Ruling
from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.behaviour import living
from ingest.behaviour.hearsay import WINDOW, WINDOWS
from ingest.behaviour.living import SLICE, Living

NOW = 20_000 * DAY
HOMES = range(1, 2 * SLICE + 11)
DIRECTORY = SimpleNamespace(residents={home: (1000 + home,) for home in HOMES})


def active(home: int, day: int) -> HomeDay:
    """Every third home has been quiet for a week."""
    figures = [-1.0] * len(FIGURES)
    quiet = home % 3 == 0 and day >= NOW // DAY - 7
    figures[FIGURE["active_minutes"]] = 300.0 + day % 7 - 150.0 * quiet
    return HomeDay(home, day, figures)


@dataclass
class Stored:
    """A store with the days of every home, and what was asked of it."""

    said: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    asked_of: list = field(default_factory=list)

    def home_days(self, since, homes=None):
        self.asked.append(homes)
        named = HOMES if homes is None else homes
        return [active(home, day) for home in named for day in range(NOW // DAY - 40, NOW // DAY)]

    def rulings(self, since, until=None):
        self.asked_of.append((since, until))
        until = until or NOW + DAY
        asked = {home: [r for r in said if since <= r.at < until] for home, said in self.said.items()}
        return {home: said for home, said in asked.items() if said}


def test_drift_is_looked_for_in_a_few_homes_a_tick_and_all_of_them_are_found():
    stored = Stored()
    life = Living(stored, [LivingDetector()])
    visits = [v for tick in range(4) for v in life.collect(NOW + tick * SECOND, DIRECTORY).visits]
    assert [len(homes) for homes in stored.asked] == [SLICE, SLICE, 10]
    expected = worth_a_visit(Stored().home_days(0), NOW // DAY)
    assert sorted(visit.home for *_, visit in visits) == sorted(visit.home for visit in expected)
    assert len(expected) == len(HOMES) // 3


def test_what_was_said_of_late_is_heard_at_once_and_what_was_taken_back_within_the_hour(monkeypatch):
    monkeypatch.setattr(living, "READ_EVERY_S", 0.0)
    old = Ruling(1, NOW - 3 * DAY, NOW - 2 * DAY, false=True)
    stored = Stored({1: [old]})
    detector, heard = InactivityDetector(), []
    monkeypatch.setattr(
        detector, "heed_rulings", lambda said, now, whole: heard.append((dict(said), whole))
    )  # fmt: skip
    life = Living(stored, [detector])
    life.refresh(NOW)
    life.refresh(NOW + MINUTE)
    new = Ruling(1, NOW - HOUR, NOW + MINUTE, false=True)
    stored.said = {1: [old, new]}
    life.refresh(NOW + 2 * MINUTE)
    assert heard == [({1: [old]}, True), ({1: (old, new)}, False)]
    stored.said = {1: [new]}
    for turn in range(WINDOWS + 1):
        life.refresh(NOW + 3 * MINUTE + turn * MINUTE // 2)
    assert ({1: (new,)}, False) in heard[2:]
    assert all(until - since <= WINDOW for since, until in stored.asked_of if until)
