"""The life of an order, and what each step means for the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.ledger.entry import Book, Entry, LedgerError, hours_given, hours_passed_on, reversal, service_done
from care.orders.lifecycle import ACTIONS, Event, Order, Refusal, State, apply, books, decide, fold

WORDS = {"note": "why", "rating": 5}


def after(*actions: str) -> Order:
    order = fold([Event("requested", 0)])
    for at, action in enumerate(actions, start=1):
        event = decide(order, action, at, 7, **WORDS)
        assert isinstance(event, Event), (action, event)
        order = apply(order, event)
    return order


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ((), State.REQUESTED),
        (("accept",), State.ACCEPTED),
        (("accept", "carry_out"), State.CARRIED_OUT),
        (("accept", "carry_out", "confirm"), State.CONFIRMED),
        (("accept", "carry_out", "confirm", "rate"), State.CONFIRMED),
        (("accept", "carry_out", "confirm", "complain"), State.COMPLAINED),
        (("accept", "carry_out", "confirm", "complain", "refund"), State.REFUNDED),
        (("accept", "carry_out", "complain", "uphold"), State.CONFIRMED),
        (("refuse",), State.REFUSED),
        (("accept", "cancel"), State.CANCELLED),
    ],
)
def test_how_an_order_goes(actions: tuple[str, ...], state: State) -> None:
    assert after(*actions).state is state


def test_what_the_state_does_not_allow_is_refused_with_the_reason() -> None:
    assert decide(after(), "confirm", 1, 7) is Refusal.ILLEGAL_TRANSITION
    assert decide(after("refuse"), "accept", 1, 7) is Refusal.ILLEGAL_TRANSITION
    assert decide(after(), "eat", 1, 7) is Refusal.UNKNOWN_ACTION
    assert decide(after(), "refuse", 1, 7, note="  ") is Refusal.NOTE_NEEDED
    assert decide(after("accept", "carry_out", "confirm"), "rate", 1, 7, rating=6) is Refusal.RATING_NEEDED


@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=12))
def test_whatever_happens_an_order_is_booked_at_most_once_and_taken_back_at_most_once(
    actions: list[str],
) -> None:
    order, booked = fold([Event("requested", 0)]), [0]
    for at, action in enumerate(actions, start=1):
        event = decide(order, action, at, None, **WORDS)
        if isinstance(event, Event):
            then = apply(order, event)
            booked.append(booked[-1] + books(order, then))
            order = then
    assert set(booked) <= {0, 1}
    # Money is with the provider exactly when the order was confirmed and not refunded.
    assert booked[-1] == (order.confirmed_at is not None and order.state is not State.REFUNDED)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_every_entry_sums_to_zero(price: int, subsidy: int) -> None:
    if subsidy > price:
        with pytest.raises(LedgerError):
            service_done(1, 2, 3, 4, price, subsidy)
        return
    entry = service_done(1, 2, 3, 4, price, subsidy)
    assert sum(entry.lines.values()) == 0
    assert 0 not in entry.lines.values()
    both = [entry.lines.get(book, 0) + reversal(entry).lines.get(book, 0) for book in entry.lines]
    assert not any(both)


def test_an_entry_that_does_not_sum_to_zero_cannot_be_made() -> None:
    with pytest.raises(LedgerError):
        Entry("x", "x", {Book("resident", 1, "fen"): 5, Book("volunteer", 1, "minute"): -5})


@pytest.mark.parametrize(
    ("to", "minutes"),
    [
        (Book("volunteer", 2, "minute"), 61),
        (Book("volunteer", 2, "minute"), 0),
        (Book("volunteer", 1, "minute"), 10),
        (Book("provider", 2, "minute"), 10),
        (Book("resident", 2, "fen"), 10),
    ],
)
def test_time_that_cannot_be_passed_on(to: Book, minutes: int) -> None:
    with pytest.raises(LedgerError):
        hours_passed_on("t", 1, to, minutes, balance=60)


def test_no_time_is_no_entry() -> None:
    with pytest.raises(LedgerError):
        hours_given(1, 1, 1, 0)
