"""How people want to be watched over, alone and together."""

from core.profile import ORDINARY, Profile, of_household


def test_who_never_set_anything_is_ordinary():
    assert of_household([]) == ORDINARY
    assert of_household([ORDINARY]) == ORDINARY
    assert 0.03 < ORDINARY.tolerated_a_day < 0.035  # one a month


def test_a_home_is_on_holiday_only_while_all_who_live_there_are():
    both = of_household(
        [Profile(holiday_from=10, holiday_until=50), Profile(holiday_from=20, holiday_until=40)]
    )
    assert (both.holiday_from, both.holiday_until) == (20, 40)
    assert of_household([Profile(holiday_from=10, holiday_until=50), ORDINARY]).holiday_until == 0


def test_the_night_of_a_household_is_from_the_first_to_bed_to_the_last_up():
    pair = of_household(
        [Profile(night_from=23 * 60, night_until=5 * 60), Profile(night_from=30, night_until=480)]
    )
    assert (pair.night_from, pair.night_until) == (23 * 60, 480)


def test_the_longer_limit_and_the_more_tolerant_person_decide():
    pair = of_household(
        [Profile(bathroom_limit_s=900, tolerated_per_month=2.0), Profile(bathroom_limit_s=1800)]
    )
    assert (pair.bathroom_limit_s, pair.tolerated_per_month) == (1800, 2.0)
