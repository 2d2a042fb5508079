"""Nights that turn: the clock is put right, who was planned has left, a gap comes nearer, members return."""

from collections.abc import Iterator
from datetime import date, time

import psycopg
import pytest

from alerts.actions import act
from alerts.lifecycle import Action
from alerts.roster import store as rosters
from alerts.roster.duty import Override, Shift
from alerts.roster.gaps import report_gaps
from core.finding import Finding, Reason
from core.instant import DAY, HOUR
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=20)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


def _round_the_clock(night: Night, account: int, role: str = "operator") -> None:
    everyday = frozenset(range(1, 8))
    shift = Shift(role, account, everyday, time(0), time(0), date(2026, 1, 1))
    rosters.put_shift(night.conn, night.east, shift, night.clock.now())


def test_who_has_left_the_station_is_not_told_of_its_people_and_the_others_are(night: Night) -> None:
    gone, here = night.hires("gone", "operator", "east"), night.hires("here", "operator", "east")
    _round_the_clock(night, gone)
    night.conn.execute("UPDATE role_grant SET revoked_at = %s WHERE account_id = %s", (START, gone))
    night.finds("sos")
    night.works()
    told = [key for _, kind, key, _ in night.told() if kind == "account"]
    assert told == [here]


def test_escalation_goes_on_after_the_clock_was_set_back(night: Night) -> None:
    night.hires("op", "operator", "east")
    night.finds("sos")
    night.works()
    night.clock.instant -= HOUR  # the time server puts right a clock that was an hour fast
    for _ in range(50):  # fifty minutes in which nobody answers; its pace is a minute
        night.clock.advance(minutes=1)
        night.works()
    assert night.incident().level > 0, "nobody else was told for fifty minutes"


def test_a_clock_that_was_put_right_hurries_each_timer_once(night: Night) -> None:
    night.finds("sos")
    night.works()
    night.clock.instant -= HOUR
    night.works()
    stands = night.incident().step
    night.works()
    assert (stands, night.incident().step) == (1, 1)


def test_what_was_acknowledged_before_the_clock_was_set_back_lapses(night: Night) -> None:
    night.finds("sos")
    night.works()
    act(night.conn, night.incident().id, Action("acknowledge", None), night.clock.now())
    night.clock.instant -= DAY
    for _ in range(120):
        night.clock.advance(minutes=1)
        night.works()
    assert night.incident().state == "open", "acknowledged, nobody went, and nobody was told again"


def _offline(night: Night, home: int, revision: int, onset: int, *, cleared: bool) -> None:
    now = night.clock.now()
    reason = Reason("home_offline.silent", {"since_at": onset, "silent_s": 60})
    night.write(Finding("home_offline", home, onset, now, reason, revision=revision, cleared=cleared))
    night.works()


def test_a_home_that_comes_and_goes_does_not_end_what_stands_for_others(night: Night) -> None:
    onset = night.clock.now()
    for home in range(1, 17, 2):  # eight homes of the station; the sixth and what follows are told as one
        _offline(night, home, 0, onset + home, cleared=False)
        night.clock.advance(seconds=1)
    (group,) = [i for i in night.incidents() if i.severity == "many"]
    members = group.reason_params["count"]
    assert members >= 2
    for revision in range(1, 2 * members, 2):  # one of them comes and goes
        night.clock.advance(minutes=1)
        _offline(night, 15, revision, onset + 15, cleared=True)
        _offline(night, 15, revision + 1, onset + 15, cleared=False)
    (group,) = [i for i in night.incidents() if i.id == group.id]
    assert not group.closed, "the others are silent still"


def test_a_gap_tonight_is_told_though_one_in_three_days_is_known(night: Night) -> None:
    night.clock.advance(hours=7)  # by day
    account = night.hires("op", "operator", "east")
    _round_the_clock(night, account)
    now = night.clock.now()

    def away(start: int, end: int) -> None:
        rosters.put_override(night.conn, night.east, Override("operator", start, end, None, account), now)

    away(now + 60 * HOUR, now + 65 * HOUR)
    report_gaps(night.conn, now)
    night.works()
    act(night.conn, night.incident().id, Action("acknowledge", account), now)  # "I shall find somebody"
    night.clock.advance(hours=6)
    now = night.clock.now()
    away(now + 2 * HOUR, now + 8 * HOUR)  # and now somebody is ill tonight
    before = len(night.told())
    report_gaps(night.conn, now)
    night.works()
    assert len(night.told()) > before, "nobody was told of tonight"


@pytest.mark.parametrize("taken", ["acknowledge", "", "respond"])
def test_a_second_cry_is_not_ended_by_who_has_not_seen_it(night: Night, taken: str) -> None:
    """She said by telephone that all is well; then she falls and presses again, and the operator, whose page
    has not got it yet, closes the incident."""
    night.finds("sos")
    night.works()
    if taken:
        act(night.conn, night.incident().id, Action(taken, None), night.clock.now())
    seen = night.incident().version
    night.clock.advance(minutes=2)
    night.finds("sos")
    night.works()
    assert len(night.incidents()) == 1
    closing = Action("resolve", None, outcome="no_help_needed", seen_version=seen)
    _, refusal = act(night.conn, night.incident().id, closing, night.clock.now())
    assert refusal == "lost-race", "the second cry is over, and nobody saw it"


@pytest.mark.parametrize("taken", [False, True])
def test_a_gap_that_is_near_is_told_though_it_was_told_days_ago(night: Night, taken: bool) -> None:
    """Told 37 hours ahead with low priority; "acknowledged", which of low priority waits for ever. Ten hours
    before nobody is on duty it is still low, in hand, and nothing more ever happens."""
    anna = night.hires("anna", "operator", "east")
    days, midnight = frozenset(range(1, 8)), time(0)
    every_day = Shift("operator", anna, days, midnight, midnight, date(2026, 1, 1), date(2026, 3, 2))
    rosters.put_shift(night.conn, night.east, every_day, night.clock.now())
    report_gaps(night.conn, night.clock.now())
    gap = night.incident()
    assert (gap.kind, gap.priority, gap.state) == ("roster_gap", "low", "open")
    if taken:
        act(night.conn, gap.id, Action("acknowledge", anna), night.clock.now())
    for _ in range(27):  # the engine looks every few hours
        night.passes(3600)
        report_gaps(night.conn, night.clock.now())
    gap = night.incident()
    assert (gap.priority, gap.state) == ("medium", "open")
    told = night.conn.execute(
        "SELECT count(*) FROM notification"
        " WHERE priority = 'medium' AND purpose = 'alarm' AND recipient_id = %s",
        (anna,),
    ).fetchone()
    assert told is not None
    assert told[0] == 1, "once, not at each look"
