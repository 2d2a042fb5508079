"""Daily life: bathroom, morning, bed and door at night, unusual nights, told as days of one home."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.living import LivingDetector, limits, memory
from analytics.living.day import FIGURE, FIGURES, Day, HomeDay, at_night
from analytics.memory import Memory
from core.batch import Batch
from core.directory import Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.messages import LANGUAGES, render
from core.profile import Profile
from tests.unit.analytics.town import MORNING, Town, play

MIDNIGHT = MORNING - 8 * HOUR  # in Shanghai
KINDS = (
    ("pir", "lounge", 3600, False),
    ("radar", "bathroom", 3600, False),
    ("bed", "bedroom", 3600, False),
    ("door", "hallway", 3600, False),
)
NIGHT = (22 * 60, 6 * 60)
HOME = Town(1, KINDS)


def at(day: int, hour: float) -> int:
    return MIDNIGHT + day * DAY + round(hour * HOUR)


def moves(day: int, *hours: float, room: str = "pir"):
    return [HOME.says(1, room, "presence", 1, at(day, hour)) for hour in hours]


def ordinary(days: int, *, up: float = 7.0, seed: int = 1):
    """Up at about seven, in the bathroom for a quarter of an hour at nine and six, in bed at half past ten,
    out of it for five minutes at three."""
    rng = np.random.default_rng(seed)
    said = []
    for day in range(days):
        rise = up + rng.uniform(0, 0.4)
        said += [HOME.says(1, "bed", "bed", 0, at(day, rise - 0.1))]
        said += moves(day, *np.arange(rise, 22.4, 0.2))
        for visit in (9.05, 18.05):
            said += moves(day, *np.arange(visit, visit + 0.25, 0.05), room="radar")
        said = [s for s in said if not is_between(s, day)]
        said += [HOME.says(1, "bed", "bed", 1, at(day, 22.5))]
        said += [HOME.says(1, "bed", "bed", state, at(day, hour)) for hour, state in ((3, 0), (3.1, 1))]
        said += moves(day, 3.03, room="radar") + moves(day, 3.06)
    return said


def is_between(said, day) -> bool:
    """The lounge sees nobody while somebody is in the bathroom."""
    lounge = HOME.devices[1, "pir"].id
    return said.device == lounge and any(
        at(day, visit) <= said.at < at(day, visit + 0.25) for visit in (9.05, 18.05)
    )


def live(said, until: int, **profile):
    """What the detector says, reports of all sensors added."""
    detector = LivingDetector()
    detector.know(replace(HOME.directory, profiles={101: Profile(**profile)}))
    readings = HOME.readings([*said, *HOME.heartbeats(until, begin=MIDNIGHT)])
    return play(detector, readings, until, begin=MIDNIGHT, every_s=300)


def told(found):
    return [(f.kind, f.cleared) for f in found]


def test_ordinary_days_make_no_finding():
    assert live(ordinary(12), at(12, 0)) == []


def test_too_long_in_the_bathroom_and_out_again():
    said = ordinary(10) + moves(10, *np.arange(7, 9, 0.2)) + moves(10, 9.0, 9.1, room="radar")
    said += moves(10, 11.0)
    stays, out = live(said, at(10, 12))
    assert (stays.kind, stays.resident, stays.onset) == ("bathroom_long", 101, at(10, 9.0))
    # Twice the second longest of past stays, a quarter of an hour and more.
    assert 45 * MINUTE <= stays.at - stays.onset <= 55 * MINUTE
    assert stays.reason.params["days"] == 10
    assert 13 * 60 <= stays.reason.params["longest_s"] <= 25 * 60
    assert (out.id, out.cleared, out.at) == (stays.id, True, at(10, 11.0))


def test_a_limit_that_was_set_holds_from_the_first_day():
    said = moves(0, *np.arange(7, 9, 0.2)) + moves(0, 9.0, room="radar") + moves(0, 11)
    stays, _ = live(said, at(0, 12), bathroom_limit_s=1200)
    assert stays.at - stays.onset == 20 * MINUTE
    assert stays.reason.key == "bathroom_long.stays_new"


def test_who_was_last_seen_in_the_bathroom_at_night_is_asleep_again():
    said = [s for s in ordinary(10) if s.at < at(9, 3.04)]  # the lounge has not seen the way back
    assert "bathroom_long" not in dict(told(live(said, at(9, 6))))


def test_guests_may_be_in_the_bathroom_as_long_as_they_like():
    said = ordinary(10) + moves(10, 8.9) + moves(10, 9.0, 9.1, room="radar") + moves(10, 11)
    assert live(said, at(10, 12), visitors_until=at(11, 0)) == []


def test_did_not_get_up():
    said = [s for s in ordinary(10) if s.at < at(9, 23)]
    (still,) = live(said, at(10, 10))
    assert still.kind == "not_up"
    assert still.onset == max(s.at for s in said)
    assert at(10, 7.75) < still.at < at(10, 8.75)  # the latest of ten mornings and three quarters of an hour
    assert (still.reason.params["up_days"], still.reason.params["days"]) == (10, 10)
    text = render(still.reason.key, still.reason.params, "en", "Asia/Shanghai")
    assert "by now up on 10 of the past 10 days" in text


def test_getting_up_late_ends_it():
    said = [s for s in ordinary(10) if s.at < at(9, 23)] + moves(10, 9.5)
    still, up = live(said, at(10, 10))
    assert (up.id, up.cleared, up.revision) == (still.id, True, 1)


def test_who_went_out_in_the_evening_is_not_in_bed():
    said = [s for s in ordinary(10) if s.at < at(9, 22)]
    said += [HOME.says(1, "door", "door", 1, at(9, 22)), HOME.says(1, "door", "door", 0, at(9, 22.01))]
    assert live(said, at(10, 10)) == []


def test_nobody_is_missed_in_the_morning_while_the_sensors_are_offline():
    said = [s for s in ordinary(10) if s.at < at(9, 23)]
    detector = LivingDetector()
    detector.know(HOME.directory)
    readings = HOME.readings([*said, *HOME.heartbeats(at(10, 4), begin=MIDNIGHT)])
    assert play(detector, readings, at(10, 12), begin=MIDNIGHT, every_s=300) == []


def test_left_the_bed_at_night_and_did_not_return():
    said = [s for s in ordinary(10) if s.at < at(9, 23)]
    said += [HOME.says(1, "bed", "bed", 0, at(10, 2)), *moves(10, 2.05)]
    gone = live(said, at(10, 4))[0]
    assert (gone.kind, gone.onset) == ("bed_not_returned", at(10, 2))
    assert gone.at - gone.onset == 30 * MINUTE  # the usual five minutes and a half, but half an hour at least
    assert gone.reason.key == "bed_not_returned.away"
    back = live([*said, HOME.says(1, "bed", "bed", 1, at(10, 3))], at(10, 4))[-1]
    assert (back.id, back.cleared) == (gone.id, True)


def test_getting_up_for_the_day_is_no_leaving_of_the_bed():
    assert "bed_not_returned" not in dict(told(live(ordinary(8, up=5.9), at(8, 0))))


@pytest.mark.parametrize(("hour", "expected"), [(23.0, ["door_open_night"]), (15.0, [])])
def test_a_front_door_left_open_matters_at_night(hour, expected):
    said = [HOME.says(1, "door", "door", 0, at(0, 9)), HOME.says(1, "door", "door", 1, at(0, hour))]
    assert [f.kind for f in live(said, at(0, hour + 1))] == expected


def test_a_door_left_open_in_the_evening_is_told_when_night_begins_and_cleared_when_it_is_shut():
    said = [
        HOME.says(1, "door", "door", state, at(0, hour)) for hour, state in ((9, 0), (21, 1), (23, 0))
    ]  # fmt: skip
    still, shut = live(said, at(0, 24))
    assert at(0, 22) <= still.at <= at(0, 22.3)
    assert (shut.id, shut.cleared) == (still.id, True)


def test_a_door_that_never_says_it_is_closed_is_not_believed_to_stand_open():
    assert live([HOME.says(1, "door", "door", 1, at(0, 23))], at(1, 4)) == []


def test_an_unusual_night_is_told_once_and_is_over_at_noon():
    said = ordinary(10) + moves(10, *np.arange(0.5, 4, 1 / 40)) + moves(10, *np.arange(7, 13, 0.2))
    found = [f for f in live(said, at(10, 13)) if f.kind == "night_activity"]
    much, over = found
    assert much.reason.params["minutes"] == 45
    assert much.reason.params["most"] < 10
    assert (over.id, over.cleared) == (much.id, True)


def test_many_visits_to_the_bathroom_at_night():
    said = ordinary(10)
    for visit in range(7):
        said += moves(10, 0.5 + visit * 0.5, room="radar") + moves(10, 0.55 + visit * 0.5)
    found = [f for f in live(said, at(10, 5)) if f.kind == "bathroom_visits"]
    assert found[0].reason.params["visits"] == 6
    assert found[0].reason.params["usual"] == 1


def test_a_day_with_an_alarm_teaches_nothing():
    detector = LivingDetector()
    detector.know(HOME.directory)
    said = ordinary(10) + moves(10, *np.arange(7, 9, 0.2)) + moves(10, 9.0, 9.1, room="radar")
    said += moves(10, *np.arange(13.0, 22, 0.2))  # four hours, on a day that ends at noon
    end = at(11, 13)
    play(
        detector, HOME.readings([*said, *HOME.heartbeats(end, begin=MIDNIGHT)]), end, begin=MIDNIGHT,
        every_s=300,
    )  # fmt: skip
    life = detector._lives[1]
    assert max(life.usual("bathroom_longest_s")) < HOUR / SECOND


def test_a_restart_takes_up_the_stored_days_and_the_running_one():
    said = HOME.readings([*ordinary(10), *HOME.heartbeats(at(11, 0), begin=MIDNIGHT)])
    whole = LivingDetector()
    whole.know(HOME.directory)
    cut, kept, days = at(9, 21), {}, []
    for instant in range(MIDNIGHT, cut, 10 * MINUTE):
        arrived = (said["received"] > instant - 10 * MINUTE) & (said["received"] <= instant)
        whole.fold(Batch(now=instant, readings=said[arrived]))
        whole.tick(instant)
        kept |= {(m.subject, m.topic): m for m in whole.memories()}
        days += whole.days()
    again = LivingDetector()
    again.know(HOME.directory)
    again.load_days(days)
    again.recall(kept.values())
    recent = said[(said["received"] > cut - 70 * MINUTE) & (said["received"] <= cut - 10 * MINUTE)]
    again.fold(Batch(now=cut, readings=recent))
    assert again._lives[1].day.figures() == whole._lives[1].day.figures()
    assert again._lives[1].known == whole._lives[1].known == 10


def test_a_day_in_numbers():
    day = Day()
    bath, kitchen = 1, 6
    for minute, place in ((180, bath), (420, kitchen), (421, kitchen), (422, bath), (500, kitchen)):
        day.sign(10 * DAY + minute * MINUTE, place, NIGHT)
    figures = day.figures()
    assert figures[FIGURE["active_minutes"]] == 5
    assert figures[FIGURE["night_minutes"]] == 1
    assert figures[FIGURE["kitchen_visits"]] == 2
    assert figures[FIGURE["night_bathroom_visits"]] == 1
    assert figures[FIGURE["up_minute"]] == 420


@pytest.mark.parametrize(
    ("minute", "night"), [(23 * 60, True), (3 * 60, True), (6 * 60, False), (720, False)]
)
def test_a_night_spans_midnight(minute, night):
    assert at_night(5 * DAY + minute * MINUTE, NIGHT) is night


def test_limits_need_a_week_and_forgive_one_slip():
    assert limits.longest([600.0] * 6, 300, 7200, 2.0) == 7200
    assert limits.longest([600.0] * 9 + [5000.0], 300, 7200, 2.0) == 1200
    assert limits.count([3.0] * 6, 4) is None
    assert limits.count([3.0] * 10, 4) == 7
    assert limits.latest([420.0] * 13 + [500.0, 600.0], 45) == 545


def test_every_sentence_of_daily_life_exists_in_both_languages():
    said = ordinary(10) + moves(10, 8.9) + moves(10, 9.0, 9.1, room="radar") + moves(10, 11)
    for finding in live(said, at(10, 12)):
        for language in LANGUAGES:
            text = render(finding.reason.key, finding.reason.params, language, "Asia/Shanghai")
            assert finding.reason.key not in text


def doors(day: int, *hours: float, is_open: bool):
    return [HOME.says(1, "door", "door", is_open, at(day, hour)) for hour in hours]


def watching(said, begin: int, until: int, detector: LivingDetector):
    return play(detector, HOME.readings(said), until, begin=begin, every_s=60)


def restarted(detector: LivingDetector, found) -> LivingDetector:
    """Another that was told what the first one had kept, and what stands open."""
    life = detector._lives[1]
    again = LivingDetector()
    again.know(HOME.directory)
    again.recall([Memory("living", 1, 0, memory.numbers(life))])
    again.resume(found)
    return again


@pytest.mark.parametrize("kept", [True, False])
def test_a_door_shut_long_after_a_restart_clears_the_alarm_and_the_next_night_is_watched(kept):
    first = LivingDetector()
    first.know(HOME.directory)
    shut, opened = doors(0, 20.1, is_open=False), doors(0, 20, 23, is_open=True)
    still = watching(shut + opened, MIDNIGHT, at(1, 1.5), first)
    again = restarted(first, still)
    if not kept:  # a row as earlier versions wrote it
        again._lives[1].doors.clear()
        again._lives[1].closing.clear()
    after = doors(1, 1.6, 23.9, is_open=False) + doors(1, 23, is_open=True)
    cleared, second, over = watching(after, at(1, 1.5), at(2, 0), again)
    assert (cleared.id, cleared.cleared) == (still[0].id, True)
    assert (second.kind, second.onset, over.id) == ("door_open_night", at(1, 23), second.id)


def test_that_a_door_says_when_it_is_shut_is_kept_over_a_restart():
    first = LivingDetector()
    first.know(HOME.directory)
    watching(doors(0, 9, is_open=False), MIDNIGHT, at(0, 12), first)
    (still,) = watching(doors(0, 23, is_open=True), at(0, 12), at(0, 24), restarted(first, []))
    assert still.kind == "door_open_night"


def test_who_moves_in_while_an_alarm_stands_does_not_keep_it_from_clearing():
    detector = LivingDetector()
    detector.know(HOME.directory)
    said = [s for s in ordinary(10) if s.at < at(9, 23)]
    (still,) = play(
        detector, HOME.readings([*said, *HOME.heartbeats(at(10, 10), begin=MIDNIGHT)]), at(10, 9),
        begin=MIDNIGHT, every_s=300,
    )  # fmt: skip
    detector.know(replace(HOME.directory, residents={1: (101, 102)}))
    (up,) = watching(moves(10, 9.5), at(10, 9), at(10, 10), detector)
    assert (up.id, up.resident, up.cleared) == (still.id, 101, True)


@pytest.mark.parametrize("homes", [4, 6, 15])
def test_an_ordinary_quiet_night_is_no_outage_whatever_the_size_of_the_town(homes):
    """Nobody stirs all night, and in the morning everybody gets up but one."""
    town = Town(homes, KINDS[:2])
    said = lived(town, range(1, homes + 1), range(10)) + lived(town, range(2, homes + 1), (10,))
    found = live_in(town, said, at(10, 12))
    assert [(f.kind, f.home) for f in found] == [("not_up", 1)]


def test_when_nobody_in_town_gets_up_it_is_the_platform():
    town = Town(8, KINDS[:2])
    said = lived(town, range(1, 9), range(10))
    assert live_in(town, said, at(10, 12)) == []


def test_somebody_who_has_not_left_yet_is_watched_in_spite_of_a_holiday():
    said = [*doors(3, 15, is_open=True), *doors(3, 15.01, is_open=False), *ordinary(10)]
    said = [s for s in said if s.at < at(9, 23)]
    holiday = {"holiday_from": at(9, 12), "holiday_until": at(20, 0)}
    assert [f.kind for f in live(said, at(10, 10), **holiday)] == ["not_up"]
    left = [s for s in said if s.at < at(9, 21)] + doors(9, 21, is_open=True) + doors(9, 21.01, is_open=False)
    assert live(left, at(10, 10), **holiday) == []


def test_a_device_that_always_hands_over_late_mutes_nothing():
    """A watch that sends its last five minutes of heart rate at a time is no backlog of the home's."""
    town = Town(1, (*KINDS, ("wearable", "", 600, True)))
    said = [s for s in ordinary(10) if s.at < at(9, 23)]
    rates = [
        town.says(1, "wearable", "heart_rate", 70, now - MINUTE, late_s=60, live=False)
        for now in range(at(9, 20), at(10, 10), 5 * MINUTE)
    ]
    detector = LivingDetector()
    detector.know(town.directory)
    readings = town.readings([*said, *rates, *town.heartbeats(at(10, 10), begin=MIDNIGHT)])
    assert [f.kind for f in play(detector, readings, at(10, 10), begin=MIDNIGHT, every_s=300)] == ["not_up"]


def test_a_home_that_goes_before_the_first_look_ends_nobody_elses_days():
    """Looks wait after a start until the broker has handed over what it kept; a home may go meanwhile."""
    town, detector = Town(2, KINDS), LivingDetector()
    detector.know(town.directory)
    yesterday = MORNING // DAY - 1
    detector.load_days([HomeDay(home, yesterday, tuple(100.0 for _ in FIGURES)) for home in (1, 2)])
    left = [entry for entry in town.devices.values() if entry.home == 1]
    detector.know(Directory.of(left, {1: (101,)}))
    assert [detector.tick(MORNING + minute * MINUTE) for minute in range(3)] == [[], [], []]


def lived(town: Town, homes, days):
    """Up at about seven, something every quarter of an hour, nothing from half past ten on."""
    rng = np.random.default_rng(7)
    return [
        town.says(home, "pir", "presence", 1, at(day, hour))
        for day in days
        for home in homes
        for hour in np.arange(7 + rng.uniform(0, 0.4), 22.4, 0.25)
    ]


def live_in(town: Town, said, until: int):
    detector = LivingDetector()
    detector.know(town.directory)
    readings = town.readings([*said, *town.heartbeats(until, begin=MIDNIGHT)])
    return play(detector, readings, until, begin=MIDNIGHT, every_s=300)
