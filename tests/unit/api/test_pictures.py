"""The motion clip and the day's picture, from rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from api.evidence import clip
from api.today import activity, headline, usual

IMPACT = datetime(2026, 3, 1, 3, tzinfo=UTC)


def windows(first_s: int, last_s: int, hz: float = 50.0) -> list[dict[str, Any]]:
    """One-second windows; x counts seconds from the impact."""
    return [
        {
            "time": IMPACT + timedelta(seconds=s),
            "hz": hz,
            "acc": np.array([[s, 0, 1000]] * int(hz), dtype="<i2").tobytes(),
        }
        for s in range(first_s, last_s)
    ]


def test_the_clip_is_ten_seconds_before_and_twenty_after() -> None:
    shown = clip(7, windows(-25, 40), IMPACT, IMPACT)
    assert shown is not None
    assert (shown.device_id, shown.hz, shown.impact_at) == (7, 50.0, IMPACT)
    assert shown.start == IMPACT - timedelta(seconds=10)
    assert len(shown.acc) == 30 * 50
    assert shown.acc[0] == (-10, 0, 1000)
    assert shown.acc[-1] == (19, 0, 1000)


def test_a_hole_is_not_drawn_over() -> None:
    before = clip(7, windows(-10, -5) + windows(-2, 10), IMPACT, IMPACT)
    after = clip(7, windows(-10, 5) + windows(9, 20), IMPACT, IMPACT)
    assert before is not None
    assert after is not None
    assert before.start == IMPACT - timedelta(seconds=2)
    assert after.acc[-1][0] == 4


def test_without_motion_there_is_no_clip() -> None:
    assert clip(7, [], IMPACT, None) is None
    assert clip(7, windows(-25, -20), IMPACT, None) is None


def test_quarters_still_to_come_are_unknown_not_empty() -> None:
    day = date(2026, 3, 1)
    movement = [
        {"day": day, "slot": 28, "movements": 5},
        {"day": date(2026, 2, 28), "slot": 28, "movements": 9},
    ]
    counts = activity(movement, day, datetime(2026, 3, 1, 7, 50, tzinfo=UTC))
    assert len(counts) == 96
    assert counts[28] == 5
    assert counts[31] == 0
    assert counts[32:] == [None] * 64


def test_the_usual_day_needs_some_days() -> None:
    def days(number: int) -> list[dict[str, Any]]:
        return [{"day": date(2026, 2, 28 - n), "slot": 30, "movements": n + 1} for n in range(number)]

    assert usual(days(2), date(2026, 3, 1)) is None
    found = usual([*days(3), {"day": date(2026, 3, 1), "slot": 30, "movements": 99}], date(2026, 3, 1))
    assert found is not None
    assert found[30] == 2.0
    assert sum(found) == 2.0


def test_the_station_has_an_alarm_only_once_it_arrived_there() -> None:
    row = {"state": "alert", "last_room": "", "last_activity_at": None, "time_zone": "Asia/Shanghai"}
    fall, smoke = ({"id": UUID(int=n), "closed_at": None, "state": "open"} for n in (1, 2))
    asked = headline(row, [fall | {"state": "detected"}], set())
    assert asked == headline(row, [fall, smoke], {UUID(int=1)})
    assert asked.en == "Something happened; it is being checked and the station is being told"
    both = headline(row, [fall, smoke], {UUID(int=1), UUID(int=2)})
    assert both.en == "Something happened; the station has the alarm"


def test_the_headline_says_whether_somebody_is_seeing_to_it() -> None:
    row = {"state": "alert", "last_room": "kitchen", "last_activity_at": IMPACT, "time_zone": "Asia/Shanghai"}
    fall = UUID(int=1)
    waiting = headline(row, [{"id": fall, "closed_at": None, "state": "open"}], {fall})
    helped = headline(row, [{"id": fall, "closed_at": None, "state": "responding"}], {fall})
    assert waiting.en != helped.en
    assert waiting.zh != waiting.en
    well = headline(row | {"state": "well"}, [], set())
    assert "11:00" in well.en  # local time
    assert "kitchen" in well.en
