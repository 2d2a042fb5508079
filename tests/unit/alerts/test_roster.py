"""Who is on duty when: weeks, turns, holidays, nights on which the clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.roster.duty import Gap, Holiday, Override, Roster, Rotation, Shift, gaps, on_duty, stretches
from core.instant import DAY, HOUR, from_datetime

EVERY_DAY = frozenset(range(1, 8))
MEI, BO, AN = 1, 2, 3
DAY_SHIFT = Shift("operator", MEI, EVERY_DAY, time(8), time(20), date(2026, 1, 1))
NIGHT_SHIFT = Shift("operator", BO, EVERY_DAY, time(20), time(8), date(2026, 1, 1), id=1)
AROUND_THE_CLOCK = Roster("Asia/Shanghai", shifts=[DAY_SHIFT, NIGHT_SHIFT])


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def who(roster: Roster, text: str, zone: str = "Asia/Shanghai") -> list[int]:
    return [stretch.account for stretch in on_duty(roster, at(text, zone))]


def test_a_day_and_a_night_shift_hand_over_at_eight() -> None:
    hours = [
        "2026-03-02 07:59",
        "2026-03-02 08:00",
        "2026-03-02 19:59",
        "2026-03-02 20:00",
        "2026-03-03 03:00",
    ]
    assert [who(AROUND_THE_CLOCK, text) for text in hours] == [[BO], [MEI], [MEI], [BO], [BO]]
    assert gaps(AROUND_THE_CLOCK, at("2026-03-01"), at("2026-04-01")) == []


def test_who_has_left_is_on_duty_until_then_and_no_longer() -> None:
    roster = replace(AROUND_THE_CLOCK, gone={MEI: at("2026-03-02 12:00")})
    hours = ["2026-03-01 12:00", "2026-03-02 11:59", "2026-03-02 12:00", "2026-03-03 12:00"]
    assert [who(roster, text) for text in hours] == [[MEI], [MEI], [], []]
    (gap,) = gaps(roster, at("2026-03-02 08:00"), at("2026-03-02 23:00"))
    assert (gap.start, gap.end) == (at("2026-03-02 12:00"), at("2026-03-02 20:00"))


def test_a_rotation_changes_every_week_and_begins_again() -> None:
    turns = Roster(
        "Asia/Shanghai",
        rotations=[Rotation("operator", (MEI, BO, AN), date(2026, 3, 2), 7, time(9), time(9))],
    )
    days = [
        "2026-03-02 09:00",
        "2026-03-09 08:59",
        "2026-03-09 09:00",
        "2026-03-16 09:00",
        "2026-03-23 09:00",
    ]
    assert [who(turns, text) for text in days] == [[MEI], [MEI], [BO], [AN], [MEI]]
    assert who(turns, "2026-03-02 08:59") == []
    (first, *_) = stretches(turns, at("2026-03-04"), at("2026-03-05"))
    assert first.end - first.start >= 2 * DAY, "a stretch around the clock is one, not one a day"


def test_somebody_stands_in_for_somebody() -> None:
    instead = Override("operator", at("2026-03-02 10:00"), at("2026-03-02 12:00"), AN, MEI)
    swapped = replace(AROUND_THE_CLOCK, overrides=[instead])
    hours = ["2026-03-02 09:59", "2026-03-02 10:00", "2026-03-02 12:00"]
    assert [who(swapped, text) for text in hours] == [[MEI], [AN], [MEI]]


def test_who_drops_out_leaves_a_gap_that_is_found_in_advance() -> None:
    ill = Override("operator", at("2026-03-02 20:00"), at("2026-03-03 08:00"), None, BO)
    short = replace(AROUND_THE_CLOCK, overrides=[ill])
    found = gaps(short, at("2026-03-01"), at("2026-03-08"))
    assert found == [Gap("operator", at("2026-03-02 20:00"), at("2026-03-03 08:00"))]


def test_holidays_and_worked_sundays() -> None:
    weekdays = Shift("operator", MEI, frozenset({1, 2, 3, 4, 5}), time(8), time(18), date(2026, 1, 1),
                     holidays="never")  # fmt: skip
    holiday = Shift("operator", BO, EVERY_DAY, time(8), time(18), date(2026, 1, 1), holidays="only", id=1)
    days = (Holiday(date(2026, 10, 1), "国庆节"), Holiday(date(2026, 10, 10), "", works_as=5))
    roster = Roster("Asia/Shanghai", [weekdays, holiday], holidays={day.day: day for day in days})
    assert who(roster, "2026-09-30 12:00") == [MEI]
    assert who(roster, "2026-10-01 12:00") == [BO]
    assert who(roster, "2026-10-10 12:00") == [MEI]  # a Saturday, worked as a Friday
    assert who(roster, "2026-10-11 12:00") == []


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-03-28", 11), ("2026-10-24", 13)], ids=["spring forward", "fall back"]
)
def test_where_the_clocks_change_a_night_is_shorter_or_longer_and_leaves_no_gap(
    night: str, hours: int
) -> None:
    berlin = replace(AROUND_THE_CLOCK, time_zone="Europe/Berlin")
    (stretch,) = on_duty(berlin, at(f"{night} 23:00", "Europe/Berlin"))
    assert (stretch.account, stretch.end - stretch.start) == (BO, hours * HOUR)
    middle = at(f"{night} 23:00", "Europe/Berlin")
    assert gaps(berlin, middle - 3 * DAY, middle + 3 * DAY) == []


def test_a_shift_that_begins_in_the_hour_that_is_left_out_still_is_one() -> None:
    early = Roster("Europe/Berlin", [replace(DAY_SHIFT, from_time=time(2, 30), until_time=time(10))])
    assert who(early, "2026-03-29 04:00", "Europe/Berlin") == [MEI]


@given(
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
    st.integers(0, 366 * 24 * 4),
    st.times(),
)
def test_shifts_that_meet_leave_no_gap_in_any_zone(zone: str, quarter: int, handover: time) -> None:
    handover = handover.replace(microsecond=0, tzinfo=None)
    other = (datetime.combine(date(2026, 1, 1), handover) + timedelta(hours=12)).time()
    roster = Roster(
        zone,
        [replace(DAY_SHIFT, from_time=handover, until_time=other, first_day=date(2025, 1, 1)),
         replace(NIGHT_SHIFT, from_time=other, until_time=handover, first_day=date(2025, 1, 1))],
    )  # fmt: skip
    start = from_datetime(datetime(2026, 1, 1, tzinfo=UTC)) + quarter * HOUR // 4
    assert gaps(roster, start, start + 2 * DAY) == []
    assert len({s.account for s in on_duty(roster, start)}) == 1
