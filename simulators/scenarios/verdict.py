"""Did what had to come of a scenario come, in time, and nothing else? Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.instant import SECOND
from simulators.scenarios.document import IncidentDue, StepDue
from simulators.scenarios.script import Script
from simulators.scenarios.staff import ToldDue
from simulators.store import Onlooker, Place

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
class Told:
    """Somebody (`console <level>` for a station) was told of an incident of a kind, as what, and when."""

    kind: str
    who: str
    purpose: str
    at: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All that came of a scenario.

    Attributes:
        incidents: in the homes of the scenario, and those of the platform when it is alone.
        quarantined: (device code, reason) -> times.
        stored: (device code, metric) -> rows; metric "motion" for windows.
        told: in order of time.
        rulings: (kind, verdict) -> times.
        visits: (person, key of the reason) of those worth a visit.
    """

    incidents: Sequence[SeenIncident] = ()
    quarantined: Mapping[tuple[str, str], int] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], int] = field(default_factory=dict)
    told: Sequence[Told] = ()
    rulings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    visits: Sequence[tuple[str, str]] = ()


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
    found = onlooker.seen(place_of(script))
    incidents = [_incident_of(row) for row in found.incidents]
    kinds = {incident.id: incident.kind for incident in incidents}
    told = [
        Told(kinds[key], f"console {name}" if kind == "station" else name, purpose, at)
        for key, kind, name, purpose, at in found.told
    ]
    return Seen(incidents, found.quarantined, found.stored, told, found.rulings, found.visits)


def place_of(script: Script) -> Place:
    """Where to look for what comes of a script."""
    return Place(
        list(script.stations.values()), list(script.homes), list(script.devices), script.begin - SECOND,
        script.scenario.alone,
    )  # fmt: skip


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
    if expect.told:
        checks += judge_told(script, seen.told, slack_s)
    checks += _counted(script, seen)
    if expect.nothing_else:
        others = [incident for incident in seen.incidents if incident.id not in claimed]
        told = ", ".join(f"{i.kind} in {script.homes.get(i.home, 'the platform')}" for i in others)
        checks.append(Check("no other incident", not others, told or "none"))
    return checks


def _counted(script: Script, seen: Seen) -> Iterator[Check]:
    expect = script.scenario.expect
    for ruling in expect.ruled:
        times = seen.rulings.get((ruling.kind, ruling.verdict), 0)
        what = f"{ruling.kind} is ruled {ruling.verdict}, at least {ruling.at_least}"
        yield Check(what, times >= ruling.at_least, f"{times} times")
    for visit in expect.worth_a_visit:
        keys = [key for person, key in seen.visits if person == visit.person]
        what = f"{visit.person} is worth a visit{f': {visit.reason}' if visit.reason else ''}"
        yield Check(what, any(key.startswith(visit.reason) for key in keys), ", ".join(keys) or "not listed")
    for kept in expect.quarantined:
        times = seen.quarantined.get((script.device(kept.device), kept.reason), 0)
        what = f"quarantined: {kept.reason} of {kept.device}, at least {kept.at_least}"
        yield Check(what, times >= kept.at_least, f"{times} times")
    for row in expect.stored:
        count = seen.stored.get((script.device(row.device), row.metric), 0)
        wanted = f"at least {row.at_least}" if row.exactly is None else f"exactly {row.exactly}"
        fits = count >= row.at_least if row.exactly is None else count == row.exactly
        yield Check(f"stored: {row.metric} of {row.device}, {wanted}", fits, f"{count} rows")


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


def judge_told(script: Script, told: Sequence[Told], slack_s: float) -> Iterator[Check]:
    """Whether everybody was told who had to be, in time, and nobody else was told anything."""
    for due in script.scenario.expect.told:
        since = script.marks[due.after or "start"]
        earliest = since + round(due.not_before * SECOND) - _EARLY
        latest = since + round((due.within + slack_s) * SECOND)
        theirs = [one for one in told if _is_meant(due, one)]
        in_time = [one.at for one in theirs if earliest <= one.at <= latest]
        what = f"{due.who} is told{f' of {due.of}' if due.of else ''}{f' as {due.as_}' if due.as_ else ''}"
        what += f" within {due.within:g} s of {due.after or 'the start'}"
        what += f", {due.times} times" if due.times is not None else ""
        fits = bool(in_time) if due.times is None else len(in_time) == due.times
        when = ", ".join(f"{(one.at - since) / SECOND:.1f} s after" for one in theirs[:8]) or "never"
        yield Check(what, fits, when, earliest, latest, in_time[0] if in_time else None)
    if script.scenario.expect.nothing_else:
        named = {due.who for due in script.scenario.expect.told if due.times != 0}
        others = sorted({one.who for one in told} - named)
        yield Check("nobody else is told", not others, ", ".join(others) or "nobody")


def _is_meant(due: ToldDue, one: Told) -> bool:
    return one.who == due.who and due.of in ("", one.kind) and due.as_ in ("", one.purpose)
