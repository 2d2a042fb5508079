"""Sending somebody: who is asked, what they answer, and how it is known that they are there."""

from collections.abc import Iterator

import psycopg
import pytest

from alerts import cycles
from alerts.actions import act
from alerts.dispatch import store as dispatch
from alerts.drills import store as drills
from alerts.incident import Incident
from alerts.lifecycle import Action, Refusal
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


class Dispatch(Night):
    """A night with a home on the map and responders around it."""

    def at(self, account: int, lat: float, available: bool = True) -> None:
        self.conn.execute(
            "INSERT INTO responder_state (account_id, available, lat, lon, at) VALUES (%s, %s, %s, 114, %s)"
            " ON CONFLICT (account_id) DO UPDATE SET lat = excluded.lat, available = excluded.available,"
            " at = excluded.at",
            (account, available, lat, self._now()),
        )

    def _now(self) -> object:
        row = self.conn.execute("SELECT to_timestamp(%s / 1e6)", (self.clock.now(),)).fetchone()
        assert row is not None
        return row[0]

    def offers(self) -> list[tuple[int, str | None]]:
        return [(row[1], row[5]) for row in dispatch.offers(self.conn, self.incident().id)]

    def open_offer(self) -> int:
        return int(dispatch.offers(self.conn, self.incident().id)[-1][0])


@pytest.fixture
def night(dsn: str) -> Iterator[Dispatch]:
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        conn.execute("UPDATE home SET lat = 34.8, lon = 114")
        conn.execute("UPDATE station SET lat = 34.9, lon = 114")
        yield Dispatch(conn, Store(other))


@pytest.fixture
def three(night: Dispatch) -> tuple[int, int, int]:
    """(near but busy with her own, 1.5 km away, 3 km away)."""
    mei, bo, an = (night.hires(name, "responder", "east") for name in ("mei", "bo", "an"))
    night.at(mei, 34.801, available=False)
    night.at(bo, 34.8135)
    night.at(an, 34.827)
    night.finds("sos")
    night.works()
    return mei, bo, an


def test_the_nearest_who_is_free_stands_first(night: Dispatch, three: tuple[int, int, int]) -> None:
    mei, bo, an = three
    found = dispatch.candidates(night.conn, night.incident().id, night.clock.now())
    assert [(c.account_id, c.available) for c in found] == [(bo, True), (an, True), (mei, False)]
    assert found[0].distance_m == pytest.approx(1.4 * 1501, abs=5)
    assert found[0].travel_s == pytest.approx(60 + 1.4 * 1501 / 3, abs=3)


def test_who_refuses_lets_the_next_be_asked_and_who_accepts_is_on_the_way(
    night: Dispatch, three: tuple[int, int, int]
) -> None:
    _, bo, an = three
    dispatch.offer(night.conn, night.incident().id, None, None, night.clock.now())
    assert night.offers() == [(bo, None)]
    dispatch.answer(night.conn, night.open_offer(), bo, False, "my child is ill", night.clock.now())
    assert night.offers() == [(bo, "refused"), (an, None)]
    after = dispatch.answer(night.conn, night.open_offer(), an, True, "", night.clock.now())
    assert isinstance(after, Incident)
    assert after.state == "responding"
    assert ("offer", "account", an, "all") in night.told()


def test_who_does_not_answer_is_asked_no_longer(night: Dispatch, three: tuple[int, int, int]) -> None:
    mei, bo, an = three
    dispatch.offer(night.conn, night.incident().id, None, None, night.clock.now())
    bos = night.open_offer()
    night.clock.advance(seconds=60)
    dispatch.run_out(night.conn, night.book, night.clock.now())
    assert night.offers() == [(bo, "lapsed"), (an, None)]
    late = dispatch.answer(night.conn, bos, bo, True, "", night.clock.now())
    assert late is Refusal.TOO_LATE
    night.clock.advance(seconds=60)
    dispatch.run_out(night.conn, night.book, night.clock.now())
    assert night.offers()[-1] == (mei, None), "nobody is free: who is busy is asked rather than nobody"
    night.clock.advance(seconds=60)
    dispatch.run_out(night.conn, night.book, night.clock.now())
    assert night.events(night.incident().id)[-2:] == ["offer_lapsed", "nobody_free"]


def test_an_operator_chooses_and_may_choose_another(night: Dispatch, three: tuple[int, int, int]) -> None:
    mei, _, an = three
    incident, now = night.incident().id, night.clock.now()
    stranger = night.hires("stranger", "operator", "west")
    dispatch.offer(night.conn, incident, an, None, now)
    dispatch.offer(night.conn, incident, mei, None, now)
    assert night.offers() == [(an, "withdrawn"), (mei, None)]
    assert dispatch.offer(night.conn, incident, stranger, None, now) is Refusal.NOT_A_RESPONDER
    assert dispatch.answer(night.conn, night.open_offer(), an, True, "", now) is Refusal.NOT_YOURS


def test_somebody_on_the_way_is_asked_nothing_else(night: Dispatch, three: tuple[int, int, int]) -> None:
    _, bo, _ = three
    dispatch.offer(night.conn, night.incident().id, bo, None, night.clock.now())
    dispatch.answer(night.conn, night.open_offer(), bo, True, "", night.clock.now())
    found = dispatch.candidates(night.conn, night.incident().id, night.clock.now())
    assert {c.account_id: c.available for c in found}[bo] is False


def test_a_rehearsal_keeps_nobody_from_a_real_alarm(night: Dispatch) -> None:
    bo = night.hires("bo", "responder", "east")
    drills.start(night.conn, night.east, "fall", None, night.clock.now())
    night.passes(61)
    played = night.incident()
    (question,) = dispatch.offers(night.conn, played.id)
    dispatch.answer(night.conn, question[0], bo, True, "", night.clock.now())
    night.finds("sos")
    night.passes(61)
    (real,) = (i for i in night.incidents() if not i.drill)
    assert [row[1] for row in dispatch.offers(night.conn, real.id)] == [bo]


def test_standing_at_the_door_is_having_arrived(night: Dispatch, three: tuple[int, int, int]) -> None:
    _, bo, _ = three
    act(night.conn, night.incident().id, Action("respond", bo), night.clock.now())
    assert dispatch.arrivals(night.conn, night.book, night.clock.now()) == 0
    night.clock.advance(minutes=9)
    night.at(bo, 34.8004)
    assert dispatch.arrivals(night.conn, night.book, night.clock.now()) == 1
    assert night.incident().state == "on_site"


def test_what_is_closed_asks_nobody_any_more(night: Dispatch, three: tuple[int, int, int]) -> None:
    _, bo, _ = three
    dispatch.offer(night.conn, night.incident().id, None, None, night.clock.now())
    act(night.conn, night.incident().id, Action("resolve", None, "no_help_needed"), night.clock.now())
    dispatch.run_out(night.conn, night.book, night.clock.now())
    assert night.offers() == [(bo, "withdrawn")]
    assert ("closed", "account", bo, "all") in night.told()


def test_an_unanswered_alarm_asks_a_responder_by_itself(night: Dispatch, three: tuple[int, int, int]) -> None:
    _, bo, _ = three
    night.clock.advance(seconds=60)
    cycles.due(night.conn, night.book, night.clock.now())
    assert night.offers() == [(bo, None)]


def offer_to(night: Night, account: int) -> int:
    (incident,) = night.incidents()
    asked = dispatch.offer(night.conn, incident.id, account, None, night.clock.now())
    assert isinstance(asked, Incident)
    return int(dispatch.offers(night.conn, incident.id)[-1][0])


def test_who_says_yes_after_it_was_closed_is_told_that_it_is_too_late(night: Night) -> None:
    """The engine withdraws the question at its next turn; the answer comes a moment before."""
    ren = night.hires("ren", "responder", "east")
    night.finds("sos")
    night.works()
    question = offer_to(night, ren)
    (incident,) = night.incidents()
    act(night.conn, incident.id, Action("resolve", None, outcome="no_help_needed"), night.clock.now())
    became = dispatch.answer(night.conn, question, ren, True, "", night.clock.now())
    assert became is Refusal.TOO_LATE
    assert "offer_accepted" not in night.events(incident.id)


def test_the_second_who_agreed_to_go_hears_that_it_got_worse(night: Night) -> None:
    """Two are on the way. She presses again: both are to hear it."""
    ann, bob = night.hires("ann", "responder", "east"), night.hires("bob", "responder", "street")
    night.hires("eve", "operator", "east")
    night.finds("sos")
    night.works()
    for one in (ann, bob):
        assert isinstance(
            dispatch.answer(night.conn, offer_to(night, one), one, True, "", night.clock.now()), Incident
        )
    assert night.incident().state == "responding"
    night.clock.advance(seconds=30)
    night.finds("sos")
    night.works()
    (incident,) = night.incidents()
    assert "rang_again" in night.events(incident.id)
    n = night.events(incident.id).index("rang_again") + 1
    rows = night.conn.execute(
        "SELECT recipient_id FROM notification WHERE n = %s AND recipient_kind = 'account'", (n,)
    )
    assert {ann, bob} <= {row[0] for row in rows}
