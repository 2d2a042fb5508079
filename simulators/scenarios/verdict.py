"""Did what had to come of a scenario come, in time, and nothing else? Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.instant import SECOND
from simulators.scenarios.document import IncidentDue, StepDue
from simulators.scenarios.reasons import why_few, why_none
from simulators.scenarios.saying import Said, listed, say, together
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
        open_before: (number, kind, home) of incidents that were open before it began and still are.
        heard: device code -> when it last spoke by our clock (Unix microseconds; None: never) and by how much
            its own clock is corrected (milliseconds).
    """

    incidents: Sequence[SeenIncident] = ()
    quarantined: Mapping[tuple[str, str], int] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], int] = field(default_factory=dict)
    told: Sequence[Told] = ()
    rulings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    visits: Sequence[tuple[str, str]] = ()
    open_before: Sequence[tuple[int, str, str]] = ()
    heard: Mapping[str, tuple[int | None, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: in words, whether it held, and how; instants in Unix microseconds.

    `what` and `detail` are English; where they are Said they are Chinese as well.
    """

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
    return Seen(
        incidents, found.quarantined, found.stored, told, found.rulings, found.visits, found.open_before,
        found.heard,
    )  # fmt: skip


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
    expect = script.scenario.expect
    for due in expect.incidents:
        checks += _incident(script, due, seen, slack_s, claimed)
    if expect.told:
        checks += judge_told(script, seen.told, slack_s)
    checks += _counted(script, seen)
    if expect.nothing_else:
        others = [incident for incident in seen.incidents if incident.id not in claimed]
        named = listed(
            say("where", kind=i.kind, where=script.homes.get(i.home, say("platform"))) for i in others
        )
        checks.append(Check(say("no_other"), not others, named or say("none")))
    return checks


def _counted(script: Script, seen: Seen) -> Iterator[Check]:
    expect = script.scenario.expect
    for ruling in expect.ruled:
        times = seen.rulings.get((ruling.kind, ruling.verdict), 0)
        what = say("ruled", kind=ruling.kind, verdict=ruling.verdict, least=ruling.at_least)
        yield Check(what, times >= ruling.at_least, say("count", count=times))
    for visit in expect.worth_a_visit:
        keys = [key for person, key in seen.visits if person == visit.person]
        what = say("visit_for" if visit.reason else "visit", person=visit.person, reason=visit.reason)
        found = visit.reason in keys if visit.reason else bool(keys)
        yield Check(what, found, listed(keys) or say("not_listed"))
    for kept in expect.quarantined:
        times = seen.quarantined.get((script.device(kept.device), kept.reason), 0)
        what = say("quarantined", reason=kept.reason, device=kept.device, least=kept.at_least)
        yield Check(what, times >= kept.at_least, say("count", count=times))
    for row in expect.stored:
        count = seen.stored.get((script.device(row.device), row.metric), 0)
        least, exact = (row.at_least, False) if row.exactly is None else (row.exactly, True)
        key = "stored_exactly" if exact else "stored_least"
        what = say(key, metric=row.metric, device=row.device, least=least)
        passed = count == least if exact else count >= least
        few = together("" if passed else why_few(script, row.device, seen.heard))
        yield Check(what, passed, together(say("rows", count=count), few))


def _incident(
    script: Script, due: IncidentDue, seen: Seen, slack_s: float, claimed: set[str]
) -> Iterator[Check]:
    mark = script.marks[due.after or "start"]
    latest = mark + round((due.within + slack_s) * SECOND)
    fitting = [i for i in seen.incidents if i.id not in claimed and _fits(script, due, i)]
    in_time = [i for i in fitting if mark - _EARLY <= i.begun <= latest]
    claimed |= {incident.id for incident in in_time}
    happened = in_time[0].begun if in_time else None
    what, detail = _wanted(due), _told(in_time, fitting, mark)
    if not in_time:
        detail = together(detail, why_none(script, due, seen.open_before, seen.heard))
    yield Check(what, len(in_time) == due.count, detail, mark, latest, happened)
    for incident in in_time:
        for step in due.steps:
            yield _step(script, step, incident, mark, slack_s)
        for kind in due.never:
            taken = [step for step in incident.steps if step.kind == kind]
            what = say("never_is", kind=due.kind, step=kind)
            yield Check(what, not taken, say("count", count=len(taken)))
        if due.finally_:
            what = say("finally", kind=due.kind, state=due.finally_)
            yield Check(what, incident.state == due.finally_, incident.state)


def _wanted(due: IncidentDue) -> Said:
    whom = due.person or due.device or due.home
    severe = say("severe", severity=due.severity) if due.severity else ""
    what = together(due.kind, severe, say("whose", whom=whom) if whom else "")
    times = say("times", count=due.count) if due.count != 1 else ""
    return say("incident", what=what, within=due.within, after=due.after or say("start"), times=times)


def _fits(script: Script, due: IncidentDue, incident: SeenIncident) -> bool:
    return (
        incident.kind == due.kind
        and due.home in ("", script.homes.get(incident.home))
        and due.person in ("", incident.person)
        and due.device in ("", script.devices.get(incident.device))
        and due.priority in ("", incident.priority)
        and incident.was(due.severity)
    )


def _told(in_time: Sequence[SeenIncident], fitting: Sequence[SeenIncident], mark: int) -> Said:
    if in_time:
        return _when((i.begun for i in in_time), mark)
    if fitting:
        return say("late", when=_when((i.begun for i in fitting), mark))
    return say("none_came")


def _when(instants: Iterable[int], since: int) -> Said:
    return listed(say("after", seconds=(at - since) / SECOND) for at in instants)


def _step(script: Script, due: StepDue, incident: SeenIncident, mark: int, slack_s: float) -> Check:
    since = script.marks[due.after] if due.after else mark
    latest = since + round((due.within + slack_s) * SECOND)
    taken = [
        step.at
        for step in incident.steps
        if step.kind == due.step and (due.level is None or step.data.get("level") == due.level)
    ]
    in_time = [at for at in taken if since - _EARLY <= at <= latest]
    level = "" if due.level is None else say("level", level=due.level)
    key = "step_after" if due.after else "step_within"
    what = say(key, kind=incident.kind, step=due.step, level=level, within=due.within, after=due.after)
    when = _when(in_time or taken, since) or say("never")
    return Check(what, bool(in_time), when, since, latest, in_time[0] if in_time else None)


def judge_told(script: Script, told: Sequence[Told], slack_s: float) -> Iterator[Check]:
    """Whether everybody was told who had to be, in time, and nobody else was told anything."""
    for due in script.scenario.expect.told:
        since = script.marks[due.after or "start"]
        earliest = since + round(due.not_before * SECOND) - _EARLY
        latest = since + round((due.within + slack_s) * SECOND)
        theirs = [one for one in told if _is_meant(due, one)]
        in_time = [one.at for one in theirs if earliest <= one.at <= latest]
        fits = bool(in_time) if due.times is None else len(in_time) == due.times
        when = _when((one.at for one in theirs[:8]), since) or say("never")
        yield Check(_telling(due), fits, when, earliest, latest, in_time[0] if in_time else None)
    if script.scenario.expect.nothing_else:
        named = {due.who for due in script.scenario.expect.told if due.times != 0}
        others = sorted({one.who for one in told} - named)
        yield Check(say("nobody_else"), not others, listed(others) or say("nobody"))


def _telling(due: ToldDue) -> Said:
    return say(
        "is_told",
        who=due.who,
        about=say("about", kind=due.of) if due.of else "",
        purpose=say("purpose", purpose=due.as_) if due.as_ else "",
        within=due.within,
        after=due.after or say("start"),
        times="" if due.times is None else say("times", count=due.times),
    )


def _is_meant(due: ToldDue, one: Told) -> bool:
    return one.who == due.who and due.of in ("", one.kind) and due.as_ in ("", one.purpose)
