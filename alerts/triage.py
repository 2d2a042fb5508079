"""From a finding to an incident: a line of small stages, each with a named verdict. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from alerts import lifecycle, storm
from alerts.escalation.policy import Book, Plan
from alerts.escalation.who import Around
from alerts.incident import PRIORITIES, RECOVERED, Event, Incident, State, fold
from alerts.policy import NEVER_SILENT, Policy, latched
from alerts.quiet import Silence, local_time, quiet_until
from core.finding import Finding
from core.instant import HOUR, MINUTE


class Verdict(StrEnum):
    """What became of a revision of a finding. Stored: never change a word."""

    OPENED = "opened"
    UPDATED = "updated"  # another revision of a finding that has an incident
    JOINED = "joined"  # the same person, within minutes: one incident whose priority only rises
    DUPLICATE = "duplicate"  # the same thing is being dealt with
    RECOVERED = "recovered"  # its own sensor took it back
    NOTHING_TO_CLEAR = "nothing_to_clear"
    TOO_OLD = "too_old"
    INHIBITED = "inhibited"  # explained by a larger fault
    SILENCED = "silenced"  # maintenance: held until its end
    HELD_BY_QUIET_HOURS = "held_by_quiet_hours"  # may wait for the morning, and is listed
    GROUPED = "grouped"  # one of many at once: told as one
    CALLED_OFF = "called_off"  # the wearer says that all is well
    NOTHING_TO_CALL_OFF = "nothing_to_call_off"
    DRILL = "drill"  # part of a rehearsal


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, and the incident and events it leads to."""

    verdict: Verdict
    incident: Incident | None = None
    events: tuple[Event, ...] = ()
    new: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with what triage needs to know about it.

    Attributes:
        station: that answers for it; None: the platform itself.
        incidents: of the same home: active ones and those closed lately; and outages of the platform.
        around: the stations above and the local time zone.
        window_s: how long this resident may call off a fall; None: as the policy says.
        silences: maintenance that is going on somewhere.
        alike: how many of this kind its station has had lately; 0 where its kind is not grouped.
        group: the incident that stands for many of them, while there is one.
        member_of: the one that this very finding was grouped into, whatever became of that.
        out: it has recovered since, and does not count there.
        again: it was explained by a larger fault that is over, and still stands.
    """

    finding: Finding
    station: int | None
    incidents: Sequence[Incident]
    book: Book
    now: int
    around: Around = field(default_factory=Around)
    window_s: int | None = None
    silences: Sequence[Silence] = ()
    alike: int = 0
    group: Incident | None = None
    member_of: Incident | None = None
    out: bool = False
    again: bool = False

    @property
    def policy(self) -> Policy:
        """The row of the finding's kind."""
        return self.book.policy(self.finding.kind)

    @property
    def priority(self) -> str:
        """That an incident of this finding has."""
        return "high" if lifecycle.is_grave(self.finding.severity) else self.policy.priority

    def plan(self, kind: str, priority: str) -> Plan:
        """What holds for an incident of `kind` in this station now."""
        local = local_time(self.now, self.around.zone)
        return self.book.plan(kind, priority, self.around.chain, local)


TOO_OLD = 6 * HOUR
JOIN_WITHIN = 10 * MINUTE
_ABOUT_A_PERSON = frozenset({"sos", "fall", "inactivity"})
IN_HAND_FOR = 30 * MINUTE  # after so long in one person's hands a new call is a new incident
_INHIBITED_BY: Mapping[str, frozenset[str]] = {
    "offline": frozenset({"home_offline", "platform_outage"}),
    "home_offline": frozenset({"platform_outage"}),
    "motion_unusable": frozenset({"home_offline", "platform_outage"}),
}
_WITH_IT = 2 * MINUTE  # an outage begins with the last sign of those that prove it; others spoke a bit longer
_SPACE = UUID("0d1f6a5e-58ab-5d5e-9d39-6e6f77616c6c")


ALL_RIGHT = "all_right"  # the kind of the wearer's answer
LINE = ("same_finding", "answered", "member", "clear_without_incident", "too_old", "drill", "inhibited",
        "duplicate", "join", "silenced", "grouped", "quiet")  # fmt: skip


def rule(case: Case) -> Ruling:
    """The first stage that has something to say decides."""
    for name in LINE:
        ruling = _STAGES[name](case)
        if ruling is not None:
            return ruling
    return _open(case)


def _same_finding(case: Case) -> Ruling | None:
    finding, key = case.finding, case.finding.id
    known = [i for i in case.incidents if i.finding_id == key]
    if not known:
        return None
    incident = max(known, key=lambda i: (not i.closed, i.state_since))
    if finding.kind == ALL_RIGHT:
        return Ruling(Verdict.DUPLICATE, incident)
    if finding.cleared:
        return _cleared(case, incident)
    if incident.closed and _is_news(incident, finding):
        return None
    return Ruling(Verdict.UPDATED, incident, tuple(_evidence(case, incident, "updated")))


def _is_news(incident: Incident, finding: Finding) -> bool:
    """Of a closed incident: its sensor had taken it back and now says it again, or it has turned out to
    threaten life. What was called off says so whenever it does; of what people dealt with, it counts that it
    happened after they had done. More evidence of what they had seen is none."""
    if incident.cleared or not lifecycle.is_grave(finding.severity):
        return incident.cleared
    if incident.outcome in (None, "false_alarm"):
        return True
    return incident.outcome != "drill" and finding.at > (incident.closed_at or 0)


def _cleared(case: Case, incident: Incident) -> Ruling:
    if latched(incident.kind) or incident.closed:
        verdict = Verdict.RECOVERED if incident.closed else Verdict.UPDATED
        event = Event("cleared", case.now, data={"cleared": True})
        return Ruling(verdict, incident, () if incident.cleared else (event,))
    data = {"cleared": True, "outcome": RECOVERED, "next_step_at": None}
    return Ruling(Verdict.RECOVERED, incident, (Event("recovered", case.now, data=data),))


def _answered(case: Case) -> Ruling | None:
    """ "I am all right", said after the question was put. It calls off what nobody has been woken for; once
    somebody has, it is one more thing that they should know."""
    finding = case.finding
    if finding.kind != ALL_RIGHT:
        return None
    theirs = [
        i
        for i in case.incidents
        if i.resident == finding.resident and i.kind in _ABOUT_A_PERSON and not i.closed
        and i.onset <= finding.onset
    ]  # fmt: skip
    asked = [i for i in theirs if i.state is State.DETECTED and not i.drill]
    facts = _facts(finding)
    if asked:
        return Ruling(
            Verdict.CALLED_OFF, asked[0], (Event("cancelled", case.now, data={"via": "wearer", **facts}),)
        )
    if theirs:
        return Ruling(Verdict.NOTHING_TO_CALL_OFF, theirs[0], (Event("answered", case.now, data=facts),))
    return Ruling(Verdict.NOTHING_TO_CALL_OFF)


def _member(case: Case) -> Ruling | None:
    """Of a finding that was grouped with others."""
    group, finding = case.member_of, case.finding
    if group is None or (group.closed and not finding.cleared):
        return None
    if not finding.cleared:
        if lifecycle.is_grave(finding.severity):
            return None
        if not case.out:
            return Ruling(Verdict.UPDATED, group)
        joined = storm.joined(group, _facts(finding), finding.home, case.now)
        return Ruling(Verdict.GROUPED, group, (joined,))
    if group.closed or latched(group.kind) or case.out:
        return Ruling(Verdict.RECOVERED, group)
    return Ruling(Verdict.RECOVERED, group, tuple(storm.left(group, _facts(finding), case.now)))


def _clear_without_incident(case: Case) -> Ruling | None:
    return Ruling(Verdict.NOTHING_TO_CLEAR) if case.finding.cleared else None


def _too_old(case: Case) -> Ruling | None:
    old = case.now - case.finding.at > TOO_OLD and not case.again
    return Ruling(Verdict.TOO_OLD) if old else None


def _drill(case: Case) -> Ruling | None:
    """A rehearsal explains nothing, swallows nothing, and is marked as one for ever."""
    number = case.finding.reason.params.get("drill_id")
    if not isinstance(number, int):
        return None
    ruling = _open(case)
    assert ruling.incident is not None
    marked = replace(ruling.incident, drill=True, drill_id=number)
    return replace(ruling, verdict=Verdict.DRILL, incident=marked)


def _inhibited(case: Case) -> Ruling | None:
    larger = _INHIBITED_BY.get(case.finding.kind, frozenset())
    for incident in case.incidents:
        stands = incident.kind in larger and not incident.closed and not incident.drill
        if stands and _reaches(incident, case):
            return Ruling(Verdict.INHIBITED, incident)
    return None


def _reaches(larger: Incident, case: Case) -> bool:
    """An outage explains what fell silent with it. What fell silent later was being heard through it. That of
    one station explains what is silent there and below, and nothing elsewhere."""
    if larger.kind == "platform_outage" and case.finding.onset > larger.onset + _WITH_IT:
        return False
    station = larger.station or larger.reason_params.get("station")
    return not station or station == case.station or station in case.around.chain


def _duplicate(case: Case) -> Ruling | None:
    finding = case.finding
    for incident in case.incidents:
        if incident.closed or incident.kind != finding.kind or incident.drill:
            continue
        same_person = incident.resident == finding.resident
        same_device = finding.kind in _ABOUT_A_PERSON or incident.device == finding.device
        if same_person and same_device and attended(incident, case.now):
            return Ruling(Verdict.DUPLICATE, incident, tuple(_evidence(case, incident, "repeated")))
    return None


def _join(case: Case) -> Ruling | None:
    finding = case.finding
    if finding.kind not in _ABOUT_A_PERSON or finding.resident is None:
        return None
    for incident in case.incidents:
        near = abs(incident.detected_at - finding.at) <= JOIN_WITHIN
        same = incident.resident == finding.resident and incident.kind in _ABOUT_A_PERSON
        if near and same and not incident.closed and not incident.drill and attended(incident, case.now):
            return Ruling(Verdict.JOINED, incident, tuple(_evidence(case, incident, "joined")))
    return None


def _silenced(case: Case) -> Ruling | None:
    finding, chain = case.finding, tuple(case.around.chain)
    if case.priority == "high":
        return None
    ends = [
        (s.end, s.id)
        for s in case.silences
        if s.covers(finding.kind, chain, finding.home or None, finding.device, case.now)
    ]
    if not ends:
        return None
    end, silence = max(ends)
    events = lifecycle.held(case.now, end, "silence", silence=silence)
    return _new(case, Verdict.SILENCED, events)


def _quiet(case: Case) -> Ruling | None:
    end = quiet_until(case.policy, case.priority, case.around.zone, case.now)
    if end is None:
        return None
    return _new(case, Verdict.HELD_BY_QUIET_HOURS, lifecycle.held(case.now, end, "quiet_hours"))


def _grouped(case: Case) -> Ruling | None:
    """Many at once are told as one, but never what is urgent."""
    finding, after = case.finding, case.policy.group_after
    if case.priority == "high" or finding.kind in NEVER_SILENT or after is None or case.station is None:
        return None
    if case.group is not None and attended(case.group, case.now):
        joined = storm.joined(case.group, _facts(finding), finding.home, case.now)
        return Ruling(Verdict.GROUPED, case.group, (joined,))
    if case.alike < after:
        return None
    plan = case.plan(finding.kind, case.priority)
    group = storm.incident(finding, case.station, case.priority, case.now)
    events = lifecycle.opening(plan, case.now, 0)
    first = replace(events[0], data={**events[0].data, **_facts(finding), "home": finding.home})
    return Ruling(Verdict.GROUPED, group, (first, *events[1:]), new=True)


def attended(incident: Incident, now: int) -> bool:
    """Still ringing, or lately taken in hand: one forgotten in somebody's hands swallows no new call."""
    ringing = incident.state in (State.DETECTED, State.OPEN)
    # Taken at an instant that lies ahead, by a clock that was put back: nobody knows how long ago.
    return ringing or -IN_HAND_FOR <= now - incident.state_since <= IN_HAND_FOR


def _open(case: Case) -> Ruling:
    finding = case.finding
    window = case.policy.cancel_window_s
    if window and case.window_s is not None:
        window = case.window_s
    if lifecycle.is_grave(finding.severity):
        window = 0
    plan = case.plan(finding.kind, case.priority)
    return _new(case, Verdict.OPENED, lifecycle.opening(plan, case.now, window))


def _new(case: Case, verdict: Verdict, events: Sequence[Event]) -> Ruling:
    finding, key = case.finding, case.finding.id
    again = any(i.id == key for i in case.incidents)
    incident = Incident(
        id=uuid5(_SPACE, f"{key}/{finding.revision}") if again else key,
        finding_id=key,
        kind=finding.kind,
        severity=finding.severity,
        priority=case.priority,
        home=finding.home or None,
        station=case.station,
        resident=finding.resident,
        device=finding.device,
        onset=finding.onset,
        detected_at=finding.at,
        state_since=case.now,
        probability=finding.probability,
        reason_key=finding.reason.key,
        reason_params=dict(finding.reason.params),
    )
    first = replace(events[0], data={**events[0].data, **_facts(finding)})
    return Ruling(verdict, incident, (first, *events[1:]), new=True)


def _evidence(case: Case, incident: Incident, kind: str) -> list[Event]:
    finding = case.finding
    grave = lifecycle.is_grave(finding.severity)
    data: dict[str, Any] = {**_facts(finding), "priority": "high" if grave else case.policy.priority}
    if kind == "updated":
        data["cleared"] = False
    # Somebody presses the button: no more waiting, and no leaving it to who took something else in hand.
    at_once = kind == "joined" and case.policy.cancel_window_s == 0
    called = at_once or (kind == "repeated" and finding.kind == "sos")
    if kind == "updated" or grave or (called and not lifecycle.is_grave(incident.severity)):
        data |= {"reason_key": finding.reason.key, "reason_params": dict(finding.reason.params)}
    if kind == "updated" or grave:
        data |= {"severity": finding.severity, "probability": finding.probability}
    plan = case.plan(incident.kind, max(incident.priority, data["priority"], key=PRIORITIES.index))
    return lifecycle.worsened(incident, [Event(kind, case.now, data=data)], plan, case.now, called)


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "finding": str(finding.id),
        "revision": finding.revision,
        "finding_kind": finding.kind,
        "finding_severity": finding.severity,
        "text_key": finding.reason.key,
        "text_params": dict(finding.reason.params),
    }


def after(ruling: Ruling) -> Incident | None:
    """The incident with the ruling's events folded in."""
    return fold(ruling.incident, ruling.events) if ruling.incident else None


_STAGES: Mapping[str, Callable[[Case], Ruling | None]] = {
    "same_finding": _same_finding,
    "answered": _answered,
    "member": _member,
    "clear_without_incident": _clear_without_incident,
    "too_old": _too_old,
    "drill": _drill,
    "inhibited": _inhibited,
    "duplicate": _duplicate,
    "join": _join,
    "silenced": _silenced,
    "grouped": _grouped,
    "quiet": _quiet,
}
