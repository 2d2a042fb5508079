"""A batch waits for company where much comes, and for nothing where it would wait in vain."""

import pytest

from ingest.gather import ENOUGH, MOST_S, Gather, Pace
from ingest.message import Message


def steady(pace: Pace, rate: float, seconds: float, most: float = 1e9) -> list[float]:
    """The waits of batches that each take 2 ms to store, at so many messages a second; of which the broker
    hands over `most` at once."""
    waits, now, owed = [], 0.0, rate * 0.002
    while now < seconds:
        got = min(owed, most)
        wait = pace.wait_s(int(got), now)
        more = min(rate * wait, most - got)
        pace.came(int(more), wait, now + wait)
        waits.append(wait)
        now += wait + 0.002
        owed += rate * (wait + 0.002) - got - more
    return waits


@pytest.mark.parametrize("rate", [1, 50, 300, 1000])
def test_where_little_happens_nothing_waits(rate: int) -> None:
    assert max(steady(Pace(), rate, 5)) == 0


def test_at_four_thousand_a_second_a_message_waits_a_little() -> None:
    waits = steady(Pace(), 4000, 5)
    assert 0.002 < max(waits[-100:]) < 0.004


def test_at_fifteen_thousand_a_second_a_batch_holds_over_a_hundred() -> None:
    waits = steady(Pace(), 15_000, 5)
    assert waits[-1] == MOST_S
    assert 15_000 * (waits[-1] + 0.002) > 100


def test_the_larger_a_batch_is_the_less_it_waits_so_that_who_is_behind_falls_back_no_further() -> None:
    pace = Pace()
    steady(pace, 15_000, 5)
    waits = [pace.wait_s(got, 5.1 + got * 1e-9) for got in (10, ENOUGH - 75, ENOUGH - 30, ENOUGH)]
    assert waits[0] == MOST_S
    assert 0.003 < waits[1] < 0.007
    assert 0 < waits[2] < waits[1]
    assert waits[3] == 0


def test_for_a_broker_that_waits_for_our_acknowledgement_nothing_is_lost_but_a_trial_now_and_then() -> None:
    """As Mosquitto does, whose `max_inflight_messages` is 20 where nobody says otherwise."""
    waits = steady(Pace(), 15_000, 10, most=20)
    assert sum(waits) < 0.3
    assert sum(wait > 0 for wait in waits[len(waits) // 2 :]) <= 6


def test_after_a_pause_the_first_message_waits_for_nothing() -> None:
    pace = Pace()
    steady(pace, 15_000, 5)
    assert pace.wait_s(1, 60.0) == 0


class Tap:
    """A source with so many messages whenever somebody asks."""

    def __init__(self, *counts: int) -> None:
        self.counts, self.asked = list(counts), 0

    def take(self, limit: int, wait_s: float) -> list[Message]:
        self.asked += 1
        return [Message("t", b"", 0)] * min(limit, self.counts.pop(0))

    connected = True

    def oldest(self) -> int | None:
        return None

    def waiting(self) -> int:
        return 0

    def acknowledge(self, messages: object) -> None: ...


def test_company_joins_the_batch_and_the_batch_stays_within_its_limit() -> None:
    tap = Tap(1, *[150] * 200)
    gather, sizes = Gather(tap), []
    while len(tap.counts) > 1:
        sizes.append(len(gather.take(180, 0.0)))
    assert sizes[0] == 1
    assert max(sizes) == 180


def test_nothing_is_no_batch() -> None:
    tap = Tap(0, 0)
    gather = Gather(tap)
    assert gather.take(10, 0.0) == gather.take(10, 0.0) == []
    assert tap.asked == 2
