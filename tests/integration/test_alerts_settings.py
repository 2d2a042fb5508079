"""What administrators change, and what waits because of it."""

from collections.abc import Iterator

import psycopg
import pytest

from alerts import settings, store
from alerts.escalation.policy import STANDARD, BadPolicy, body
from alerts.quiet import Silence
from core.instant import HOUR
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=4)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


def test_a_changed_policy_keeps_what_stood_before_and_who_wrote_it(night: Night) -> None:
    chief = night.hires("chief", "operator", "city")
    now = night.clock.now()
    changed = settings.change_kind(night.conn, "water", {"priority": "high"}, 1, chief, now)
    assert changed is not None
    assert (changed.version, changed.by, changed.body["priority"]) == (2, chief, "high")
    changed = settings.change_kind(night.conn, "water", {"escalate_s": 90}, 2, chief, now + HOUR)
    (second, first) = settings.history(night.conn, "kind", "water")
    assert (first.version, first.body["priority"], first.by) == (1, "medium", None)
    assert (second.version, second.body["priority"], second.by) == (2, "high", chief)
    assert store.policies(night.conn).policy("water").escalate_s == 90
    with pytest.raises(settings.StaleVersion):
        settings.change_kind(night.conn, "water", {"escalate_s": 80}, 2, chief, now)


SENSELESS: tuple[tuple[str, dict[str, object]], ...] = (
    ("fall", {"priority": "low"}),
    ("water", {"priority": "urgent"}),
    ("water", {"escalate_s": 0}),
    ("water", {"escalate_s": "60"}),
    ("water", {"quiet_from": "22:00"}),
    ("water", {"quiet_from": "25:00", "quiet_until": "07:00"}),
    ("water", {"escalation": "nobody"}),
    ("water", {"version": 7}),
)


def test_what_makes_no_sense_is_refused(night: Night) -> None:
    before = night.conn.execute("SELECT * FROM kind_policy ORDER BY kind").fetchall()
    for kind, changes in SENSELESS:
        with pytest.raises(BadPolicy):
            settings.change_kind(night.conn, kind, changes, 1, None, night.clock.now())
    assert night.conn.execute("SELECT * FROM kind_policy ORDER BY kind").fetchall() == before


def test_an_escalation_policy_is_written_changed_and_followed(night: Night) -> None:
    now = night.clock.now()
    quick = {"variants": [{"steps": [{"tell": ["console"]}, {"tell": ["console"], "after_s": 5}]}]}
    settings.put_escalation(night.conn, "quick", quick, None, None, now)
    with pytest.raises(settings.StaleVersion):
        settings.put_escalation(night.conn, "quick", quick, None, None, now)
    settings.change_kind(night.conn, "sos", {"escalation": "quick"}, 1, None, now)
    night.book = store.policies(night.conn)
    night.finds("sos")
    night.works()
    night.clock.advance(seconds=5)
    night.works()
    assert night.incident().level == 1
    kept = settings.put_escalation(night.conn, "quick", body(STANDARD), 1, None, now)
    assert (kept.version, len(settings.history(night.conn, "escalation", "quick"))) == (2, 1)


def test_during_maintenance_an_offline_alarm_waits_for_the_end_and_a_fall_does_not(night: Night) -> None:
    now = night.clock.now()
    works = Silence(0, frozenset({"offline", "home_offline"}), now, now + 2 * HOUR, station=night.street)
    settings.silence(night.conn, works, "new wiring", None, now)
    night.finds("home_offline", home=1, resident=None)
    night.finds("home_offline", home=2, resident=None)
    night.finds("fall", home=2)
    night.works()
    assert sorted(night.verdicts()) == ["opened", "silenced", "silenced"]
    still, back = (i for i in night.incidents() if i.kind == "home_offline")
    assert [still.state, back.state] == ["detected", "detected"]
    night.clock.advance(hours=2)
    night.works()
    assert {i.state for i in night.incidents() if i.kind == "home_offline"} == {"open"}


def test_what_a_silence_held_opens_when_it_is_ended_early(night: Night) -> None:
    now = night.clock.now()
    works = Silence(0, frozenset({"home_offline"}), now, now + 2 * HOUR, home=1)
    made = settings.silence(night.conn, works, "moving house", None, now)
    assert [m.silence.id for m in settings.silences(night.conn, now)] == [made.id]
    night.finds("home_offline", resident=None)
    night.works()
    night.clock.advance(minutes=5)
    assert settings.end_silence(night.conn, made.id, None, night.clock.now())
    assert not settings.end_silence(night.conn, made.id, None, night.clock.now())
    night.works()
    assert night.incident().state == "open"
    assert night.events(night.incident().id) == ["detected", "held", "released", "opened"]


def test_nobody_may_silence_what_is_urgent(night: Night) -> None:
    now = night.clock.now()
    for kind in ("fall", "sos", "smoke", "co", "gas"):
        with pytest.raises(settings.BadSilence):
            settings.silence(
                night.conn, Silence(0, frozenset({kind}), now, now + HOUR, home=1), "x", None, now
            )
    assert settings.silences(night.conn, now) == []


def test_a_flat_battery_at_night_waits_for_the_morning_and_is_listed(night: Night) -> None:
    night.clock.advance(hours=12)  # 23:00 in Shanghai
    night.finds("low_battery", resident=None, device=1)
    night.works()
    assert (night.incident().state, night.verdicts()) == ("detected", ["held_by_quiet_hours"])
    assert night.told() == []
    night.clock.advance(hours=8)
    night.works()
    assert night.incident().state == "open"
    assert night.told() != []


def test_a_resident_may_have_a_longer_window_to_call_off_a_fall(night: Night) -> None:
    settings.set_cancel_window(night.conn, 1, 60, None, night.clock.now())
    night.finds("fall", severity="possible")
    night.works()
    assert night.incident().next_step_at == night.clock.now() + 60_000_000
    settings.set_cancel_window(night.conn, 1, None, None, night.clock.now())
    assert settings.cancel_window(night.conn, 1) is None
