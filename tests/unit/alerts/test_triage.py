"""What becomes of a finding, given what is going on already."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.escalation.policy import Book
from alerts.escalation.who import Around
from alerts.incident import Incident, State, fold
from alerts.policy import defaults
from alerts.quiet import Silence, quiet_until
from alerts.triage import Case, Ruling, Verdict, after, rule
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, MINUTE, SECOND, from_datetime

NOW = 1_790_000_000 * SECOND
BOOK = Book({policy.kind: policy for policy in defaults()}, {})


def finding(kind: str, *, ago: int = 0, **known: Any) -> Finding:
    at = NOW - ago
    known.setdefault("resident", 5)
    return Finding(kind=kind, home=1, onset=at, at=at, reason=Reason(f"{kind}.x"), **known)


def judge(new: Finding, *going_on: Incident, **known: Any) -> Ruling:
    return rule(Case(new, 3, going_on, BOOK, NOW, **known))


def incident(kind: str, *, ago: int = 0, state: State | None = None, **known: Any) -> Incident:
    opened = after(judge(finding(kind, ago=ago, **known)))
    assert opened is not None
    return replace(opened, state=state or opened.state)


def test_a_first_finding_opens_an_incident() -> None:
    ruling = judge(finding("smoke"))
    made = after(ruling)
    assert made is not None
    assert (ruling.verdict, made.state, made.priority, made.station) == (Verdict.OPENED, "open", "high", 3)
    assert made.next_step_at == NOW + 60 * SECOND


def test_a_possible_fall_may_be_called_off_first_but_not_one_lying_still() -> None:
    possible = after(judge(finding("fall", severity="possible")))
    still = after(judge(finding("fall", severity="long_lie")))
    assert possible is not None
    assert still is not None
    assert (possible.state, still.state) == ("detected", "open")


def test_lying_still_ends_the_cancel_window() -> None:
    fall = finding("fall", severity="possible")
    waiting = after(judge(fall))
    assert waiting is not None
    worse = replace(fall, severity="long_lie", revision=1)
    ruling = judge(worse, waiting)
    later = after(ruling)
    assert later is not None
    assert (ruling.verdict, later.state, later.severity) == (Verdict.UPDATED, "open", "long_lie")


def test_an_sos_after_a_fall_is_the_same_incident_and_ends_the_waiting() -> None:
    waiting = incident("fall", ago=2 * MINUTE, severity="possible")
    ruling = judge(finding("sos"), waiting)
    joined = after(ruling)
    assert joined is not None
    assert (ruling.verdict, joined.id, joined.state) == (Verdict.JOINED, waiting.id, "open")
    assert joined.next_step_at is not None


RESOLVED = incident("sos", ago=MINUTE, state=State.RESOLVED)
SMOKE_1 = finding("smoke", device=1, resident=None)
OUTAGE, OLD_OUTAGE = (incident("platform_outage", ago=ago) for ago in (MINUTE, HOUR))
VERDICTS: list[tuple[str, Finding, list[Incident], Verdict]] = [
    ("pressed again", finding("sos"), [incident("sos", ago=MINUTE)], Verdict.DUPLICATE),
    ("an hour after a fall", finding("sos"), [incident("fall", ago=HOUR)], Verdict.OPENED),
    ("after it was resolved", finding("sos"), [RESOLVED], Verdict.OPENED),
    ("another person of the home", finding("sos", resident=6), [incident("fall")], Verdict.OPENED),
    ("another sensor's smoke", SMOKE_1, [incident("smoke", device=2, resident=None)], Verdict.OPENED),
    ("a fire is never joined to a fall", finding("smoke"), [incident("fall")], Verdict.OPENED),
    ("a week old", finding("fall", ago=7 * 24 * HOUR), [], Verdict.TOO_OLD),
    ("a device of a silent home", finding("offline"), [incident("home_offline")], Verdict.INHIBITED),
    ("a fall in a silent home", finding("fall"), [incident("home_offline")], Verdict.OPENED),
    ("smoke during an outage", finding("smoke"), [incident("platform_outage")], Verdict.OPENED),
    ("silent with everybody", finding("offline"), [OUTAGE], Verdict.INHIBITED),
    ("a device that an outage left", finding("offline"), [OLD_OUTAGE], Verdict.OPENED),
    ("a home that an outage left", finding("home_offline"), [OLD_OUTAGE], Verdict.OPENED),
    ("all clear of nothing", finding("smoke", cleared=True), [], Verdict.NOTHING_TO_CLEAR),
]  # fmt: skip


@pytest.mark.parametrize(
    ("new", "going_on", "verdict"), [v[1:] for v in VERDICTS], ids=[v[0] for v in VERDICTS]
)
def test_verdicts(new: Finding, going_on: list[Incident], verdict: Verdict) -> None:
    assert judge(new, *going_on).verdict is verdict


def test_a_device_that_is_back_closes_its_incident_but_smoke_stays_until_somebody_looked() -> None:
    for kind, state in (("offline", "resolved"), ("smoke", "open")):
        first = finding(kind, device=4)
        opened = after(judge(first))
        assert opened is not None
        cleared = after(judge(replace(first, revision=1, cleared=True), opened))
        assert cleared is not None
        assert (cleared.state, cleared.cleared) == (state, True)


def test_a_fall_called_off_that_turns_out_to_be_lying_still_is_a_new_incident() -> None:
    fall = finding("fall", severity="possible")
    opened = after(judge(fall))
    assert opened is not None
    called_off = replace(opened, state=State.CANCELLED, closed_at=NOW)
    ruling = judge(replace(fall, severity="long_lie", revision=1), called_off)
    assert ruling.verdict is Verdict.OPENED
    assert ruling.incident is not None
    assert ruling.incident.id != opened.id
    made = fold(ruling.incident, ruling.events)
    # and that one is updated, not opened once more, by the next revision
    assert judge(replace(fall, severity="long_lie", revision=2), called_off, made).verdict is Verdict.UPDATED


def test_a_kind_nobody_knows_still_reaches_somebody() -> None:
    made = after(judge(finding("meteorite")))
    assert made is not None
    assert (made.state, made.priority) == ("open", "medium")


def test_smoke_that_returns_after_the_incident_was_closed_is_a_new_incident() -> None:
    first = finding("smoke", device=4)
    opened = after(judge(first))
    assert opened is not None
    resolved = replace(opened, state=State.RESOLVED, outcome="false_alarm", closed_at=NOW)
    clear = judge(replace(first, revision=1, cleared=True), resolved)
    quiet = after(clear)
    assert quiet is not None
    assert (clear.verdict, quiet.state, quiet.cleared) == (Verdict.RECOVERED, "resolved", True)
    again = judge(replace(first, revision=2), quiet)
    assert again.verdict is Verdict.OPENED
    assert after(again).id != opened.id  # type: ignore[union-attr]  # it opened one


def test_more_evidence_of_what_was_dealt_with_wakes_nobody() -> None:
    fall = finding("fall", severity="possible")
    opened = after(judge(fall))
    assert opened is not None
    helped = replace(opened, state=State.RESOLVED, outcome="help_given", closed_at=NOW)
    ruling = judge(replace(fall, severity="long_lie", revision=1), helped)
    assert (ruling.verdict, after(ruling).state) == (Verdict.UPDATED, "resolved")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("outcome", "later", "verdict"),
    [
        ("help_given", MINUTE, Verdict.OPENED),
        ("no_help_needed", MINUTE, Verdict.OPENED),
        ("no_answer", MINUTE, Verdict.OPENED),
        ("help_given", 0, Verdict.UPDATED),  # they had seen that
        ("drill", MINUTE, Verdict.UPDATED),
    ],
)
def test_what_was_dealt_with_and_turns_worse_afterwards_is_a_new_alarm(
    outcome: str, later: int, verdict: Verdict
) -> None:
    fast = finding("vitals", severity="heart_rate_high", ago=HOUR)
    opened = after(judge(fast))
    assert opened is not None
    dealt_with = replace(opened, state=State.RESOLVED, outcome=outcome, closed_at=NOW - MINUTE)
    worse = replace(fast, severity="heart_rate_high_critical", at=NOW - MINUTE + later, revision=1)
    ruling = judge(worse, dealt_with)
    assert ruling.verdict is verdict
    assert ruling.new is (verdict is Verdict.OPENED)


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.RESPONDING, State.ON_SITE])
def test_an_incident_forgotten_in_somebodys_hands_swallows_no_new_call(state: State) -> None:
    lately = replace(incident("sos", ago=5 * MINUTE), state=state, state_since=NOW - 5 * MINUTE)
    forgotten = replace(lately, state_since=NOW - 3 * HOUR)
    ahead = replace(lately, state_since=NOW + DAY)  # the clock was put right since
    assert judge(finding("sos"), lately).verdict is Verdict.DUPLICATE
    assert judge(finding("sos"), forgotten).verdict is Verdict.OPENED
    assert judge(finding("sos"), ahead).verdict is Verdict.OPENED


def test_a_value_that_threatens_life_rings_again_over_an_acknowledgement() -> None:
    first = finding("vitals", severity="spo2_low")
    opened = after(judge(first))
    assert opened is not None
    taken = replace(opened, state=State.ACKNOWLEDGED, acknowledged_by=7)
    worse = after(judge(replace(first, severity="spo2_low_critical", revision=1), taken))
    assert worse is not None
    assert (worse.state, worse.priority, worse.acknowledged_by) == ("open", "high", None)
    assert worse.next_step_at is not None


def dark(home: int, **known: Any) -> Finding:
    return replace(finding("home_offline", resident=None, **known), home=home, onset=NOW + home)


def test_many_of_a_kind_at_once_are_told_as_one_and_the_urgent_is_not() -> None:
    first = judge(dark(1), alike=5)
    assert (first.verdict, first.new) == (Verdict.GROUPED, True)
    group = after(first)
    assert group is not None
    assert (group.home, group.severity, group.state, group.reason_params) == (
        None,
        "many",
        "open",
        {"count": 1},
    )
    second = judge(dark(2), alike=5, group=group)
    assert (second.verdict, second.new) == (Verdict.GROUPED, False)
    assert after(second).reason_params == {"count": 2}  # type: ignore[union-attr]
    assert judge(dark(1), alike=4).verdict is Verdict.OPENED
    for kind in ("smoke", "sos", "fall"):
        assert judge(finding(kind), alike=50, group=group).verdict is Verdict.OPENED
    assert judge(finding("vitals", severity="spo2_low_critical"), alike=50).verdict is Verdict.OPENED


def test_what_stands_for_many_ends_with_the_last_of_them() -> None:
    group = after(judge(dark(2), alike=5, group=after(judge(dark(1), alike=5))))
    assert group is not None
    back = judge(replace(dark(1), revision=1, cleared=True), member_of=group)
    one_left = after(back)
    assert one_left is not None
    assert (back.verdict, one_left.closed, one_left.reason_params) == (Verdict.RECOVERED, False, {"count": 1})
    ended = after(judge(replace(dark(2), revision=1, cleared=True), member_of=one_left))
    assert ended is not None
    assert (ended.state, ended.outcome) == ("resolved", "recovered")


DAYS = frozenset({"offline", "fall", "sos", "water"})
SILENT = Silence(1, DAYS, NOW - HOUR, NOW + HOUR, home=1)
HERE = Around((3, 2, 1), "UTC")
SILENCES: list[tuple[str, Finding, Silence, Verdict]] = [
    ("its home", finding("offline"), SILENT, Verdict.SILENCED),
    ("its station", finding("offline"), replace(SILENT, home=None, station=3), Verdict.SILENCED),
    ("the street above", finding("offline"), replace(SILENT, home=None, station=2), Verdict.SILENCED),
    ("its device", finding("offline", device=8), replace(SILENT, home=None, device=8), Verdict.SILENCED),
    ("another home", finding("offline"), replace(SILENT, home=2), Verdict.OPENED),
    ("another kind", finding("tamper"), SILENT, Verdict.OPENED),
    ("it is over", finding("offline"), replace(SILENT, end=NOW), Verdict.OPENED),
    ("it is to come", finding("offline"), replace(SILENT, start=NOW + 1), Verdict.OPENED),
    ("never a fall", finding("fall"), SILENT, Verdict.OPENED),
    ("never a call for help", finding("sos"), SILENT, Verdict.OPENED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("new", "silence", "verdict"), [s[1:] for s in SILENCES], ids=[s[0] for s in SILENCES]
)
def test_maintenance(new: Finding, silence: Silence, verdict: Verdict) -> None:
    by_day = Book({k: row._replace(quiet_from=None, quiet_until=None) for k, row in BOOK.kinds.items()}, {})
    ruling = rule(Case(new, 3, (), by_day, NOW, around=HERE, silences=(silence,)))
    assert ruling.verdict is verdict
    held = after(ruling)
    assert held is not None
    if verdict is Verdict.SILENCED:
        assert (held.state, held.next_step_at) == ("detected", NOW + HOUR)


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-03-01 21:59", None),
        ("2026-03-01 22:00", "2026-03-02 07:00"),
        ("2026-03-02 06:59", "2026-03-02 07:00"),
        ("2026-03-02 07:00", None),
        ("2026-03-28 23:00", "2026-03-29 07:00"),  # the clocks go forward meanwhile
    ],
)
def test_a_low_priority_waits_for_the_morning(local: str, until: str | None) -> None:
    def at(text: str) -> int:
        return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")))

    assert quiet_until(BOOK.policy("low_battery"), "low", "Europe/Berlin", at(local)) == (until and at(until))
    assert quiet_until(BOOK.policy("low_battery"), "high", "Europe/Berlin", at(local)) is None


def test_a_rehearsal_is_marked_and_swallows_no_real_call() -> None:
    played = finding("sos")
    played = replace(played, reason=Reason("sos.raised", {"drill_id": 7}))
    ruling = judge(played)
    drill = after(ruling)
    assert drill is not None
    assert (ruling.verdict, drill.drill, drill.drill_id) == (Verdict.DRILL, True, 7)
    assert judge(replace(finding("sos"), onset=NOW + 1), drill).verdict is Verdict.OPENED
    assert judge(finding("fall"), drill).verdict is Verdict.OPENED


def test_all_right_calls_off_only_what_nobody_was_woken_for() -> None:
    waiting = incident("fall", ago=10 * SECOND, severity="possible")
    ringing = incident("sos", ago=10 * SECOND)
    called_off, answered = judge(finding("all_right"), waiting), judge(finding("all_right"), ringing)
    assert (called_off.verdict, after(called_off).state) == (Verdict.CALLED_OFF, "cancelled")  # type: ignore[union-attr]
    assert (answered.verdict, after(answered).state) == (Verdict.NOTHING_TO_CALL_OFF, "open")  # type: ignore[union-attr]
    assert judge(finding("all_right")).verdict is Verdict.NOTHING_TO_CALL_OFF
    assert judge(finding("all_right", resident=6), waiting).verdict is Verdict.NOTHING_TO_CALL_OFF


@pytest.mark.parametrize(
    ("state", "heard"),
    [("detected", "opened"), ("open", "joined"), ("acknowledged", "opened"), ("on_site", "rang_again")],
)
def test_a_call_for_help_that_joins_something_is_heard_unless_it_rings_already(
    state: str, heard: str
) -> None:
    standing = replace(incident("fall", ago=MINUTE, severity="possible"), state=State(state))
    ruling = judge(finding("sos"), replace(standing, next_step_at=NOW + MINUTE))
    assert ruling.events[-1].kind == heard


def test_one_grave_value_after_another_is_told_and_never_puts_the_next_step_off() -> None:
    first = finding("vitals", severity="spo2_low_critical")
    opened = after(judge(first))
    assert opened is not None
    soon = replace(opened, next_step_at=NOW + 5 * SECOND)
    worse = judge(replace(first, severity="heart_rate_high_critical", revision=1), soon)
    assert worse.events[-1].kind == "opened"
    assert after(worse).next_step_at == NOW + 5 * SECOND  # type: ignore[union-attr]
    same = judge(replace(first, revision=1), soon)
    assert [event.kind for event in same.events] == ["updated"]


def test_many_that_somebody_forgot_in_hand_swallow_nothing_new() -> None:
    group = after(judge(dark(1), alike=5))
    assert group is not None
    taken = replace(group, state=State.ON_SITE, state_since=NOW - 3 * HOUR)
    ruling = judge(dark(2), alike=5, group=taken)
    assert (ruling.verdict, ruling.new) == (Verdict.GROUPED, True)
    assert judge(dark(2), alike=0, group=taken).verdict is Verdict.OPENED
    lately = replace(taken, state_since=NOW - 5 * MINUTE)
    assert judge(dark(2), alike=5, group=lately).new is False
