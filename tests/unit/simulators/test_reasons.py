"""A real device that did not do what was due: the report says what the running system knows of it."""

from core.instant import DAY, SECOND
from simulators.scenarios.document import parse
from simulators.scenarios.reasons import in_the_way
from simulators.scenarios.script import Script, write
from simulators.scenarios.verdict import Check, Seen, judge

NOON = 20_500 * DAY
BENCH = """
name: bench
title: A real watch calls for help
lasts: 1 min
homes:
  - code: bench
    real: h1
    people: [{name: Ann}]
    devices: [{code: watch1, kind: wearable, wearer: Ann}]
  - code: next
    people: [{name: Bea}]
    devices: [{code: button, kind: button, wearer: Bea}]
timeline:
  - {at: 5 s, does: asks, text: Press the button, called: the press}
expect:
  incidents: [{kind: sos, DUE, after: the press, within: 9 s}]
  stored: [{device: watch1, metric: motion, at_least: 10}]
"""
SPOKE = {"watch1": (NOON + 50 * SECOND, 0)}


def script(due: str = "home: bench") -> Script:
    return write(parse(BENCH.replace("DUE", due)), NOON, "b")


def checks(seen: Seen, due: str = "home: bench") -> list[Check]:
    incident, stored, _ = judge(script(due), seen)
    return [incident, stored]


def test_a_device_that_was_silent_is_said_to_be() -> None:
    for last in (None, NOON - 1):
        incident, stored = checks(Seen(heard={"watch1": (last, 0)}))
        assert incident.detail == "none came (watch1 was not heard since the scenario began)"
        assert stored.detail == "0 rows (watch1 was not heard since the scenario began)"


def test_an_incident_that_was_open_before_is_named() -> None:
    open_before = [(7, "sos", "h1"), (8, "fall", "h1"), (9, "sos", "b-next")]
    for due in ("home: bench", "person: Ann", "device: watch1"):
        incident, _ = checks(Seen(open_before=open_before, heard=SPOKE), due)
        assert "an incident of this home is already open: 7 (sos in bench)" in incident.detail
        assert "8" not in incident.detail
        assert "9" not in incident.detail
    assert [str(w).split(",")[0] for w in in_the_way(script(), open_before)] == [
        "an incident of this home is already open: 7 (sos in bench)"
    ]


def test_a_clock_that_is_corrected_is_named_where_rows_are_missing() -> None:
    _, stored = checks(Seen(heard={"watch1": (NOON + 50 * SECOND, -90_000)}))
    assert "the platform corrects its clock by -90.0 s" in stored.detail


def test_where_nothing_is_known_nothing_is_said() -> None:
    incident, stored = checks(Seen(heard=SPOKE))
    assert (incident.detail, stored.detail) == ("none came", "0 rows")


def test_what_came_needs_no_reason() -> None:
    _, stored = checks(Seen(stored={("watch1", "motion"): 60}, heard={"watch1": (NOON + SECOND, -90_000)}))
    assert (stored.passed, stored.detail) == (True, "60 rows")
