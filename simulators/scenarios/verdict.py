"""Did what had to come of a scenario come, in time, and nothing else? Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.instant import SECOND
from simulators.scenarios.document import IncidentDue, StepDue
from simulators.scenarios.script import Script
from simulators.store import Onlooker

_EARLY = SECOND
"""Clocks of two machines may differ by so much before something counts as too early."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step an incident took: what, when (Unix microseconds), and what is known of it."""

    kind: str
    at: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeenIncident:
    """An incident as it stood at the end; codes of the system, "" where there is none."""

    id: str
    kind: str
    severity: str
    priority: str
    state: str
    home: str
    person: str
    device: str
    steps: tuple[Taken, ...]

    @property
    def begun(self) -> int:
        """When it came to be."""
        return self.steps[0].at if self.steps else 0

    def was(self, severity: str) -> bool:
        """Whether its severity is, or once was, one that begins with `severity`."""
        words = [self.severity, *(str(step.data.get("finding_severity", "")) for step in self.steps)]
        return any(word.startswith(severity) for word in words)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that came of a scenario.

    Attributes:
        incidents: in the homes of the scenario, and those of the platform when it is alone.
        quarantined: (device code, reason) -> times.
        stored: (device code, metric) -> rows; metric "motion" for windows.
    """

    incidents: Sequence[SeenIncident] = ()
    quarantined: Mapping[tuple[str, str], int] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: in words, whether it held, and how; instants in Unix microseconds."""

    what: str
    passed: bool
    detail: str
    since: int | None = None
    due: int | None = None
    happened: int | None = None


def seen_by(onlooker: Onlooker, script: Script) -> Seen:
    """What `onlooker` sees of the homes and devices of a script."""
    found = onlooker.seen(
        list(script.homes), list(script.devices), script.begin - SECOND, script.scenario.alone
    )
    incidents = [_incident_of(row) for row in found.incidents]
    return Seen(incidents, found.quarantined, found.stored)


def _incident_of(row: tuple[Any, ...]) -> SeenIncident:
    name, kind, severity, priority, state, home, person, device, steps = row
    taken = tuple(Taken(*step) for step in steps)
    return SeenIncident(name, kind, severity, priority, state, home, person, device, taken)


def judge(script: Script, seen: Seen, slack_s: float = 0) -> list[Check]:
    """Every expectation, checked. `slack_s`: what an accelerated clock makes of real milliseconds."""
    claimed: set[str] = set()
    checks: list[Check] = []
    for due in script.scenario.expect.incidents:
        checks += _incident(script, due, seen, slack_s, claimed)
    expect = script.scenario.expect
    for kept in expect.quarantined:
        times = seen.quarantined.get((_code(script.devices, kept.device), kept.reason), 0)
        what = f"quarantined: {kept.reason} of {kept.device}, at least {kept.at_least}"
        checks.append(Check(what, times >= kept.at_least, f"{times} times"))
    for row in expect.stored:
        count = seen.stored.get((_code(script.devices, row.device), row.metric), 0)
        wanted = f"at least {row.at_least}" if row.exactly is None else f"exactly {row.exactly}"
        fits = count >= row.at_least if row.exactly is None else count == row.exactly
        checks.append(Check(f"stored: {row.metric} of {row.device}, {wanted}", fits, f"{count} rows"))
    if expect.nothing_else:
        others = [incident for incident in seen.incidents if incident.id not in claimed]
        told = ", ".join(f"{i.kind} in {script.homes.get(i.home, 'the platform')}" for i in others)
        checks.append(Check("no other incident", not others, told or "none"))
    return checks


def _code(codes: Mapping[str, str], name: str) -> str:
    return next(code for code, known in codes.items() if known == name)


def _incident(
    script: Script, due: IncidentDue, seen: Seen, slack_s: float, claimed: set[str]
) -> Iterator[Check]:
    mark = script.marks[due.after or "start"]
    latest = mark + round((due.within + slack_s) * SECOND)
    fitting = [i for i in seen.incidents if i.id not in claimed and _fits(script, due, i)]
    in_time = [i for i in fitting if mark - _EARLY <= i.begun <= latest]
    claimed |= {incident.id for incident in in_time}
    whom = due.person or due.device or due.home
    what = f"{due.kind}{f' ({due.severity})' if due.severity else ''}{f' of {whom}' if whom else ''}"
    what += f" within {due.within:g} s of {due.after or 'the start'}"
    what += f", {due.count} times" if due.count != 1 else ""
    happened = in_time[0].begun if in_time else None
    yield Check(what, len(in_time) == due.count, _told(in_time, fitting, mark), mark, latest, happened)
    for incident in in_time:
        for step in due.steps:
            yield _step(script, step, incident, mark, slack_s)
        for kind in due.never:
            taken = [step for step in incident.steps if step.kind == kind]
            yield Check(f"{due.kind} is never {kind}", not taken, f"{len(taken)} times")
        if due.finally_:
            yield Check(
                f"{due.kind} is {due.finally_} in the end", incident.state == due.finally_, incident.state
            )


def _fits(script: Script, due: IncidentDue, incident: SeenIncident) -> bool:
    return (
        incident.kind == due.kind
        and due.home in ("", script.homes.get(incident.home))
        and due.person in ("", incident.person)
        and due.device in ("", script.devices.get(incident.device))
        and due.priority in ("", incident.priority)
        and incident.was(due.severity)
    )


def _told(in_time: Sequence[SeenIncident], fitting: Sequence[SeenIncident], mark: int) -> str:
    if in_time:
        return ", ".join(f"{(i.begun - mark) / SECOND:.1f} s after" for i in in_time)
    if fitting:
        return "not in time: " + ", ".join(f"{(i.begun - mark) / SECOND:.1f} s after" for i in fitting)
    return "none came"


def _step(script: Script, due: StepDue, incident: SeenIncident, mark: int, slack_s: float) -> Check:
    since = script.marks[due.after] if due.after else mark
    latest = since + round((due.within + slack_s) * SECOND)
    taken = [
        step.at
        for step in incident.steps
        if step.kind == due.step and (due.level is None or step.data.get("level") == due.level)
    ]
    in_time = [at for at in taken if since - _EARLY <= at <= latest]
    level = "" if due.level is None else f" to level {due.level}"
    what = f"{incident.kind} is {due.step}{level} within {due.within:g} s"
    what += f" of {due.after}" if due.after else ""
    when = ", ".join(f"{(at - since) / SECOND:.1f} s after" for at in in_time or taken) or "never"
    return Check(what, bool(in_time), when, since, latest, in_time[0] if in_time else None)
