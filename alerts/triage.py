"""From a finding to an incident: a line of small stages, each with a named verdict. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from alerts import lifecycle
from alerts.incident import RECOVERED, Event, Incident, State, fold
from alerts.policy import UNKNOWN, Policy, latched
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


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, and the incident and events it leads to."""

    verdict: Verdict
    incident: Incident | None = None
    events: tuple[Event, ...] = ()
    new: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with what triage needs to know about it."""

    finding: Finding
    station: int | None
    incidents: Sequence[Incident]  # of the same home: active ones and those closed lately
    policy: Policy
    now: int


TOO_OLD = 6 * HOUR
JOIN_WITHIN = 10 * MINUTE
_ABOUT_A_PERSON = frozenset({"sos", "fall", "inactivity"})
IN_HAND_FOR = 30 * MINUTE  # after so long in one person's hands a new call is a new incident
_INHIBITED_BY: Mapping[str, frozenset[str]] = {
    "offline": frozenset({"home_offline", "platform_outage"}),
    "home_offline": frozenset({"platform_outage"}),
    "motion_unusable": frozenset({"home_offline", "platform_outage"}),
}
_SPACE = UUID("0d1f6a5e-58ab-5d5e-9d39-6e6f77616c6c")


def rule(case: Case) -> Ruling:
    """The first stage that has something to say decides."""
    for stage in (_same_finding, _clear_without_incident, _too_old, _inhibited, _duplicate, _join):
        ruling = stage(case)
        if ruling is not None:
            return ruling
    return _open(case)


def _same_finding(case: Case) -> Ruling | None:
    finding = case.finding
    known = [i for i in case.incidents if i.finding_id == finding.id]
    if not known:
        return None
    incident = max(known, key=lambda i: (not i.closed, i.state_since))
    if finding.cleared:
        return _cleared(case, incident)
    if incident.closed and _is_news(incident, finding):
        return None
    return Ruling(Verdict.UPDATED, incident, tuple(_evidence(case, incident, "updated")))


def _is_news(incident: Incident, finding: Finding) -> bool:
    """Of a closed incident: its sensor had taken it back and now says it again, or it was called off and
    has turned out worse. More evidence of what was dealt with is none."""
    called_off = incident.outcome in (None, "false_alarm")
    return incident.cleared or (called_off and lifecycle.is_grave(finding.severity))


def _cleared(case: Case, incident: Incident) -> Ruling:
    if latched(incident.kind) or incident.closed:
        verdict = Verdict.RECOVERED if incident.closed else Verdict.UPDATED
        event = Event("cleared", case.now, data={"cleared": True})
        return Ruling(verdict, incident, () if incident.cleared else (event,))
    data = {"cleared": True, "outcome": RECOVERED, "next_step_at": None}
    return Ruling(Verdict.RECOVERED, incident, (Event("recovered", case.now, data=data),))


def _clear_without_incident(case: Case) -> Ruling | None:
    return Ruling(Verdict.NOTHING_TO_CLEAR) if case.finding.cleared else None


def _too_old(case: Case) -> Ruling | None:
    return Ruling(Verdict.TOO_OLD) if case.now - case.finding.at > TOO_OLD else None


def _inhibited(case: Case) -> Ruling | None:
    larger = _INHIBITED_BY.get(case.finding.kind, frozenset())
    for incident in case.incidents:
        if incident.kind in larger and not incident.closed:
            return Ruling(Verdict.INHIBITED, incident)
    return None


def _duplicate(case: Case) -> Ruling | None:
    finding = case.finding
    for incident in case.incidents:
        if incident.closed or incident.kind != finding.kind:
            continue
        same_person = incident.resident == finding.resident
        same_device = finding.kind in _ABOUT_A_PERSON or incident.device == finding.device
        if same_person and same_device and _attended(incident, case.now):
            return Ruling(Verdict.DUPLICATE, incident, tuple(_evidence(case, incident, "repeated")))
    return None


def _join(case: Case) -> Ruling | None:
    finding = case.finding
    if finding.kind not in _ABOUT_A_PERSON or finding.resident is None:
        return None
    for incident in case.incidents:
        near = abs(incident.detected_at - finding.at) <= JOIN_WITHIN
        same = incident.resident == finding.resident and incident.kind in _ABOUT_A_PERSON
        if near and same and not incident.closed and _attended(incident, case.now):
            return Ruling(Verdict.JOINED, incident, tuple(_evidence(case, incident, "joined")))
    return None


def _attended(incident: Incident, now: int) -> bool:
    """Still ringing, or lately taken in hand: one forgotten in somebody's hands swallows no new call."""
    ringing = incident.state in (State.DETECTED, State.OPEN)
    return ringing or now - incident.state_since <= IN_HAND_FOR


def _open(case: Case) -> Ruling:
    finding, policy = case.finding, case.policy
    again = any(i.id == finding.id for i in case.incidents)
    incident = Incident(
        id=uuid5(_SPACE, f"{finding.id}/{finding.revision}") if again else finding.id,
        finding_id=finding.id,
        kind=finding.kind,
        severity=finding.severity,
        priority="high" if lifecycle.is_grave(finding.severity) else policy.priority,
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
    window = 0 if lifecycle.is_grave(finding.severity) else policy.cancel_window_s
    events = lifecycle.opening(policy, case.now, window)
    first = replace(events[0], data={**events[0].data, **_facts(finding)})
    return Ruling(Verdict.OPENED, incident, (first, *events[1:]), new=True)


def _evidence(case: Case, incident: Incident, kind: str) -> list[Event]:
    finding = case.finding
    grave = lifecycle.is_grave(finding.severity)
    data: dict[str, Any] = {**_facts(finding), "priority": "high" if grave else case.policy.priority}
    if kind == "updated":
        data["cleared"] = False
    if kind == "updated" or grave:
        data |= {"reason_key": finding.reason.key, "reason_params": dict(finding.reason.params)}
        data |= {"severity": finding.severity, "probability": finding.probability}
    events = [Event(kind, case.now, data=data)]
    if kind == "joined" and incident.state == "detected" and case.policy.cancel_window_s == 0:
        # Somebody pressed the button: no more waiting for a cancel.
        opened = Event("opened", case.now, data={"next_step_at": None})
        step = lifecycle.opening(case.policy, case.now, 0)[-1].data["next_step_at"]
        events.append(replace(opened, data={"next_step_at": step}))
    return lifecycle.worsened(incident, events, case.policy, case.now)


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "finding": str(finding.id),
        "revision": finding.revision,
        "finding_kind": finding.kind,
        "finding_severity": finding.severity,
        "text_key": finding.reason.key,
        "text_params": dict(finding.reason.params),
    }


def policy_of(kind: str, policies: Mapping[str, Policy]) -> Policy:
    """The row of `kind`, or the one for kinds this version does not know."""
    return policies.get(kind, UNKNOWN)


def after(ruling: Ruling) -> Incident | None:
    """The incident with the ruling's events folded in."""
    return fold(ruling.incident, ruling.events) if ruling.incident else None
