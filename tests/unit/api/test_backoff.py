"""How long a guesser waits."""

from datetime import UTC, datetime, timedelta

import pytest

from api.attempts import held_until
from api.backoff import ADDRESS_FAILURES, LONGEST_S, wait_s
from api.store.accounts import Failures
from api.visit import network_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 1), (4, 2), (8, 32), (13, 900), (10**9, 900)]
)
def test_mistakes_cost_more_and_more_up_to_a_limit(failures: int, seconds: int) -> None:
    assert wait_s(failures) == seconds


def test_a_day_of_guessing_gets_nowhere() -> None:
    passed, guesses = 0, 0
    while passed < 86_400:
        passed += wait_s(guesses)
        guesses += 1
    assert guesses < 13 + 86_400 // LONGEST_S


def test_an_address_that_tries_many_logins_is_held_whatever_the_login() -> None:
    assert held_until(Failures(0, None, ADDRESS_FAILURES - 1, NOW)) is None
    assert held_until(Failures(0, None, ADDRESS_FAILURES, NOW)) == NOW + timedelta(minutes=15)


def test_who_made_no_mistake_is_not_held() -> None:
    assert held_until(Failures(0, None, 0, None)) is None
    assert held_until(Failures(2, NOW, 2, NOW)) is None
    assert held_until(Failures(5, NOW, 5, NOW)) == NOW + timedelta(seconds=4)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_another_address_of_the_same_network_buys_no_further_guess(address: str, network: str) -> None:
    assert network_of(address) == network
