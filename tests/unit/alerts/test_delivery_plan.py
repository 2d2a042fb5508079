"""Who is told by which endpoint, in which order, and when again."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.plan import (
    BOARD_GRACE,
    CONSOLE_GRACE,
    PROBE_AFTER,
    ROUNDS,
    UNREACHED_ROUNDS,
    Case,
    Done,
    Endpoint,
    Later,
    Tell,
    Tried,
    back_off_s,
    decide,
    is_quiet,
)

NOW = datetime(2026, 3, 1, 19, tzinfo=UTC)  # three in the morning in Shanghai
LOCAL = NOW.replace(tzinfo=None).replace(day=2, hour=3)
PHONE = Endpoint(1, "web_push", "phone", "zh", rank=1)
TABLET = Endpoint(2, "web_push", "tablet", "zh", rank=1)
MAIL = Endpoint(3, "apprise", "mail", "zh", rank=2)


def case(*endpoints: Endpoint, tried: str = "", priority: str = "high", state: str = "queued") -> Case:
    """`tried`: "1- 2+" is a failure at endpoint 1, then a success at 2."""
    words = {"-": "unreachable", "+": "sent"}
    attempts = tuple(Tried(int(word[0]), words[word[1]], NOW) for word in tried.split())
    return Case(
        7, "account", priority, state, NOW, NOW.astimezone(), endpoints, attempts
    )  # fmt: skip


def told(decision: object) -> list[int]:
    assert isinstance(decision, Tell)
    return [endpoint.id for endpoint in decision.endpoints]


def test_one_rank_at_a_time() -> None:
    assert told(decide(case(PHONE, TABLET, MAIL), NOW)) == [1, 2]
    assert told(decide(case(PHONE, TABLET, MAIL, tried="1- 2-"), NOW)) == [3]
    assert told(decide(case(PHONE, TABLET, MAIL, tried="1+"), NOW)) == [2]
    assert decide(case(PHONE, TABLET, MAIL, tried="1+ 2-", state="sent"), NOW) == Done("sent")
    assert decide(case(PHONE, MAIL, tried="1- 3+", state="sent"), NOW) == Done("sent")


def test_a_failing_endpoint_goes_last_until_it_is_probed() -> None:
    failing = replace(PHONE, failures=3, last_failed_at=NOW)
    assert told(decide(case(failing, MAIL), NOW)) == [3]
    assert told(decide(case(failing, MAIL, tried="3-"), NOW)) == [1]
    assert told(decide(case(failing), NOW)) == [1]
    assert told(decide(case(failing, MAIL), NOW + PROBE_AFTER)) == [1]


def test_rounds_wait_longer_and_longer_and_tell_the_engine() -> None:
    once = decide(case(PHONE, tried="1-"), NOW)
    assert isinstance(once, Later)
    assert (once.state, once.at > NOW) == ("queued", True)
    assert told(decide(case(PHONE, tried="1-"), once.at)) == [1]
    thrice = decide(case(PHONE, tried="1- " * UNREACHED_ROUNDS), NOW)
    assert isinstance(thrice, Later)
    assert thrice.state == "failed"
    assert thrice.at - NOW > once.at - NOW
    assert decide(case(PHONE, tried="1- " * ROUNDS, state="failed"), NOW) == Done("failed")


@given(st.integers(1, 10**9), st.integers(1, ROUNDS))
def test_the_pause_is_bounded_and_repeatable(notification: int, rounds: int) -> None:
    pause = back_off_s(notification, rounds)
    assert 0.5 <= pause <= 90
    assert pause == back_off_s(notification, rounds)


def test_only_what_is_urgent_enough_and_not_at_night() -> None:
    night = replace(MAIL, quiet_from=time(22), quiet_until=time(7), least="medium")
    at_night = replace(case(night, priority="medium"), local=datetime(2026, 3, 2, 3, 0, tzinfo=UTC))
    assert decide(at_night, NOW) == Later(datetime(2026, 3, 2, 7, 0, tzinfo=UTC), "queued")
    assert told(decide(replace(at_night, priority="high"), NOW)) == [3]
    assert decide(replace(at_night, priority="low"), NOW) == Later(NOW + BOARD_GRACE, "queued")


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21, False), (22, True), (23, True), (3, True), (6, True), (7, False), (12, False)]
)
def test_quiet_hours_may_pass_midnight(hour: int, quiet: bool) -> None:
    assert is_quiet(replace(MAIL, quiet_from=time(22), quiet_until=time(7)), time(hour)) is quiet


def test_who_has_no_endpoint_may_sit_before_a_board() -> None:
    assert decide(case(), NOW) == Later(NOW + BOARD_GRACE, "queued")
    assert decide(case(), NOW + BOARD_GRACE) == Done("failed")
    assert decide(case(state="delivered"), NOW) == Done("delivered")


def test_a_station_waits_for_its_console_only_where_it_has_one() -> None:
    station = replace(case(), recipient_kind="station")
    assert decide(station, NOW + BOARD_GRACE) == Done("failed")
    assert decide(replace(station, has_console=True), NOW) == Later(NOW + CONSOLE_GRACE, "queued")


def test_a_self_test_wakes_nobody() -> None:
    assert decide(replace(case(PHONE), board_only=True), NOW) == Later(NOW + BOARD_GRACE, "queued")


def test_what_is_over_or_seen_is_left() -> None:
    assert decide(replace(case(PHONE), over=True), NOW) == Done("superseded")
    assert decide(replace(case(PHONE, state="delivered"), over=True), NOW) == Done("delivered")
    assert decide(case(PHONE, state="seen"), NOW) == Done("seen")


@given(st.lists(st.sampled_from(["1+", "1-", "2+", "2-", "3+", "3-"]), max_size=30))
def test_nobody_is_told_twice_by_an_endpoint_that_took_it(tried: list[str]) -> None:
    decision = decide(case(PHONE, TABLET, MAIL, tried=" ".join(tried)), NOW)
    took = {int(word[0]) for word in tried if word.endswith("+")}
    if isinstance(decision, Tell):
        assert took.isdisjoint(endpoint.id for endpoint in decision.endpoints)
