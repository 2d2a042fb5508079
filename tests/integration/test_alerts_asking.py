""" "Are you all right?": the wearer is asked before anybody is woken, and what they answer counts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import psycopg
import pytest

from alerts import asks
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration


@dataclass
class Wrist:
    """A broker that hands every question to the watch, unless the line is down."""

    up: bool = True
    felt: list[tuple[str, str, bool, int]] = field(default_factory=list)
    until: int = 0

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        said = json.loads(payload)
        self.felt.append((topic, said["cmd"], retain, qos))
        self.until = said.get("until", self.until)
        return True

    def commands(self) -> list[str]:
        return [command for _, command, _, _ in self.felt]


@pytest.fixture
def night(dsn: str) -> Iterator[Night]:
    settle(dsn, START, homes=2)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Night(conn, Store(other))


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


def asking(night: Night, wrist: Wrist, seconds: int = 0) -> None:
    """The engine and the ask loop at work for so long, awake every second."""
    for _ in range(seconds + 1):
        night.works()
        while asks.put(night.conn, wrist, night.clock.now()):
            pass
        night.clock.advance(seconds=1)


def test_the_wearer_is_asked_every_five_seconds_and_nobody_after_the_window(
    night: Night, wrist: Wrist
) -> None:
    night.finds("fall", severity="possible")
    asking(night, wrist, seconds=40)
    assert wrist.commands() == ["ask_ok"] * 6 + ["ask_over"]
    assert wrist.felt[0] == ("nw/v1/h1/w1/cmd", "ask_ok", False, 0)
    assert wrist.until == night.incident().detected_at // 1000 + 30_000
    assert night.incident().state == "open"


def test_all_right_calls_it_off_and_stays_in_the_record(night: Night, wrist: Wrist) -> None:
    night.finds("fall", severity="possible")
    asking(night, wrist, seconds=7)
    night.finds("all_right")
    asking(night, wrist, seconds=30)
    incident = night.incident()
    assert (incident.state, night.events(incident.id)) == ("cancelled", ["detected", "cancelled"])
    assert night.verdicts() == ["opened", "called_off"]
    assert wrist.commands() == ["ask_ok", "ask_ok", "ask_over"]
    assert night.told() == []


def test_need_help_opens_it_at_once(night: Night, wrist: Wrist) -> None:
    night.finds("fall", severity="possible")
    asking(night, wrist, seconds=3)
    night.finds("sos")  # what ingest makes of need_help
    asking(night, wrist)
    assert night.incident().state == "open"
    assert wrist.commands()[-1] == "ask_over"


def test_somebody_who_lies_still_is_not_asked(night: Night, wrist: Wrist) -> None:
    night.finds("fall", severity="long_lie")
    asking(night, wrist, seconds=3)
    assert wrist.felt == []


def test_an_answer_counts_only_for_what_happened_before_it(night: Night, wrist: Wrist) -> None:
    earlier = night.clock.now()
    night.clock.advance(minutes=2)
    night.finds("fall", severity="possible")
    night.finds("all_right", onset=earlier, at=earlier)
    asking(night, wrist)
    assert night.incident().state == "detected"


def test_all_right_after_help_was_called_is_told_to_those_who_come(night: Night, wrist: Wrist) -> None:
    night.finds("sos")
    asking(night, wrist)
    night.finds("all_right")
    asking(night, wrist)
    assert night.events(night.incident().id) == ["detected", "opened", "answered"]
    assert night.incident().state == "open"


def test_called_off_and_then_lying_still_is_a_new_incident(night: Night, wrist: Wrist) -> None:
    fall = night.finds("fall", severity="possible")
    asking(night, wrist, seconds=5)
    night.finds("all_right")
    asking(night, wrist, seconds=5)
    night.write(replace(fall, severity="long_lie", revision=1, at=night.clock.now()))
    asking(night, wrist)
    assert sorted(str(i.state) for i in night.incidents()) == ["cancelled", "open"]


def test_a_crash_after_the_claim_repeats_the_question(night: Night) -> None:
    class Dying(Wrist):
        def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
            raise SystemExit("killed")

    night.finds("fall", severity="possible")
    night.works()
    with pytest.raises(SystemExit):
        asks.put(night.conn, Dying(), night.clock.now())
    survivor = Wrist()
    night.clock.advance(seconds=5)
    asks.put(night.conn, survivor, night.clock.now())
    assert survivor.commands() == ["ask_ok"]


def test_a_question_that_waited_for_the_broker_too_long_is_not_put(night: Night, wrist: Wrist) -> None:
    night.finds("fall", severity="possible")
    night.works()
    night.clock.advance(hours=3)  # the line was down; the engine opens it now
    asks.put(night.conn, wrist, night.clock.now())
    assert wrist.felt == []


def test_a_fall_that_comes_with_a_second_word_in_the_same_breath_is_asked_about(
    night: Night, wrist: Wrist
) -> None:
    fall = night.finds("fall", severity="possible")
    night.write(replace(fall, revision=1, probability=0.9))
    asking(night, wrist, seconds=1)
    assert night.events(night.incident().id) == ["detected", "updated"]
    assert wrist.commands() == ["ask_ok"]


def test_what_waits_for_the_morning_asks_nobody(night: Night, wrist: Wrist) -> None:
    night.clock.advance(hours=12)  # 23:00 in Shanghai
    night.finds("vitals_trend")
    asking(night, wrist, seconds=1)
    assert night.verdicts() == ["held_by_quiet_hours"]
    assert wrist.felt == []
