"""What was said of alarms: nothing is missed and nothing kept for good, though little is read at a time."""

from analytics.silence_patience import REMEMBERED, Ruling, Rulings
from core.instant import DAY, MINUTE
from ingest.behaviour.hearsay import WINDOWS, Hearsay

NOW = 20_000 * DAY


def ruling(home: int, days_ago: float) -> Ruling:
    at = NOW - round(days_ago * DAY)
    return Ruling(home, at - DAY // 24, at, false=True)


def by_home(*rulings: Ruling) -> Rulings:
    return {home: [one for one in rulings if one.home == home] for home in {one.home for one in rulings}}


def a_round(hearsay: Hearsay, stored: list[Ruling], now: int = NOW) -> dict[int, list[Ruling]]:
    """What is told in the hour in which every window is read once: home -> what was said last of it."""
    told: dict[int, list[Ruling]] = {}
    for turn in range(WINDOWS + 2):
        begin, until = hearsay.next_window(now + turn * MINUTE // 2)
        fresh = by_home(*(one for one in stored if begin <= one.at < until))
        told |= {home: list(said) for home, said in hearsay.replace(begin, fresh).items()}
    return told


def test_within_an_hour_every_home_is_told_again_and_what_was_taken_back_is_gone() -> None:
    kept = [ruling(home, days) for home, days in ((1, 0.1), (1, 40), (2, 90), (3, 179))]
    taken_back = [ruling(1, 20), ruling(4, 60)]
    hearsay = Hearsay()
    hearsay.begin(by_home(*kept, *taken_back), NOW)
    told = a_round(hearsay, kept)
    assert {home: set(said) for home, said in told.items()} == {
        1: set(kept[:2]), 2: {kept[2]}, 3: {kept[3]}, 4: set(),
    }  # fmt: skip


def test_what_was_stored_late_is_heard_within_the_hour() -> None:
    hearsay = Hearsay()
    hearsay.begin({}, NOW)
    late = ruling(7, 3)
    assert a_round(hearsay, [late])[7] == [late]


def test_what_was_just_said_is_news_once() -> None:
    hearsay, old, new = Hearsay(), ruling(1, 5), ruling(1, 0)
    hearsay.begin(by_home(old), NOW)
    assert hearsay.add(by_home(new)) == {1: (old, new)}
    assert hearsay.add(by_home(new)) == {}
    assert set(a_round(hearsay, [old, new])[1]) == {old, new}


def test_what_counts_for_nothing_any_more_is_forgotten() -> None:
    hearsay, old = Hearsay(), ruling(1, 100)
    hearsay.begin(by_home(old), NOW)
    told = a_round(hearsay, [old], NOW + REMEMBERED)
    assert told.get(1, []) == []
    assert hearsay.add(by_home(old)) == {1: (old,)}, "it would be news again"
