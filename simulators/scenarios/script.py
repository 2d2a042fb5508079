"""A scenario written out: the community it needs, all posts of all devices, and the cues for people. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.instant import DAY, SECOND
from simulators import faults_device, faults_network
from simulators.faults import Fault, afflicted, only
from simulators.post import BACK, CUT, SAY, Post, Sender, merged
from simulators.scenarios.community import code_of, community
from simulators.scenarios.document import BadScenario, Device, FaultLine, Home, Scenario
from simulators.scenarios.household import background, remembered
from simulators.scenarios.played import Cast, played
from simulators.scenarios.steps import Asks, Done, Freezes, Step, Vanishes

MOST_IN_A_CODE = 64


@dataclass(frozen=True, slots=True)
class Cue:
    """Something a person does at an instant: staff act, a technician is asked."""

    at: int
    step: Done | Asks


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario with real instants and codes.

    Attributes:
        begin, end: Unix microseconds.
        community: what `nowalls community load` takes, with secrets where they were given.
        since: from when people live and devices hang there.
        past: what was seen before the beginning, in order of time; posts: from then on.
        cues: in order of time.
        marks: instants of what the timeline calls by name; "start" is the beginning.
        homes, devices: code in the system -> name in the scenario.
    """

    scenario: Scenario
    begin: int
    end: int
    community: Mapping[str, Any]
    since: int
    past: tuple[Post, ...]
    posts: tuple[Post, ...]
    cues: tuple[Cue, ...]
    marks: Mapping[str, int]
    homes: Mapping[str, str]
    devices: Mapping[str, str]

    @property
    def station(self) -> str:
        """Code of the community station that answers for all homes."""
        return self.stations["community"]

    @property
    def stations(self) -> dict[str, str]:
        """Code of the station of each level."""
        return {str(row["level"]): str(row["code"]) for row in self.community["stations"]}

    def device(self, name: str) -> str:
        """Code in the system of a device of the scenario."""
        return next(code for code, known in self.devices.items() if known == name)

    def home(self, name: str) -> str:
        """Code in the system of a home of the scenario."""
        return next(code for code, known in self.homes.items() if known == name)


def write(
    scenario: Scenario, begin: int, prefix: str = "", secrets: Mapping[str, str] | None = None
) -> Script:
    """The script of `scenario` begun at the instant `begin` (Unix microseconds).

    `prefix` (the scenario's name by default) begins all codes, so that several run side by side; `secrets`
    by device code go into the community. Raises BadScenario for what cannot be played.
    """
    prefix = prefix or scenario.name
    begin -= begin % SECOND
    longest_code = max((len(code_of(prefix, d.code)) for _, d in scenario.devices()), default=0)
    if longest_code > MOST_IN_A_CODE:
        raise BadScenario(f"{prefix}: a code of {longest_code} letters, at most {MOST_IN_A_CODE}")
    end = begin + round(scenario.lasts * SECOND)
    cast = Cast(
        scenario,
        begin,
        end,
        {device.code: (_sender(home, device, prefix), device) for home, device in scenario.devices()},
    )
    gone = list(_absences(scenario, cast))
    streams = [played(step, number, cast) for number, step in enumerate(scenario.timeline)]
    streams += [
        background(home, cast, _frozen(scenario, home, begin)) for home in scenario.homes if not home.real
    ]
    streams.append(iter([post for absence in gone for post in absence.edges]))
    told = _present(merged(*(sorted(stream, key=lambda post: post.at) for stream in streams)), gone)
    numbered = _numbered(sorted(told, key=lambda post: post.at), begin // SECOND)
    wrong = afflicted(numbered, [_fault(line, cast, prefix) for line in scenario.faults], scenario.seed)
    past = merged(*(remembered(home, cast) for home in scenario.homes))
    longest = max((home.remembers for home in scenario.homes), default=0.0)
    return Script(
        scenario=scenario,
        begin=begin,
        end=end,
        community=community(scenario, prefix, secrets or {}),
        since=begin - round(longest * SECOND) - DAY,
        past=tuple(past),
        posts=tuple(post for post in wrong if post.at <= end),
        cues=tuple(
            sorted(
                (Cue(cast.instant(s.at), s) for s in scenario.timeline if isinstance(s, Done | Asks)),
                key=lambda cue: cue.at,
            )
        ),
        marks={"start": begin, **{s.called: cast.instant(s.at) for s in scenario.timeline if s.called}},
        homes={home.real or code_of(prefix, home.code): home.code for home in scenario.homes},
        devices={cast.sender(device.code).device: device.code for _, device in scenario.devices()},
    )


def _sender(home: Home, device: Device, prefix: str) -> Sender:
    if home.real:
        return Sender(home.real, device.code)
    return Sender(code_of(prefix, home.code), code_of(prefix, device.code))


@dataclass(frozen=True, slots=True)
class _Absence:
    sender: Sender
    since: int
    until: int

    @property
    def edges(self) -> tuple[Post, Post]:
        return Post(self.since, self.sender, verb=CUT), Post(self.until, self.sender, verb=BACK)


def _absences(scenario: Scenario, cast: Cast) -> Iterator[_Absence]:
    for step in scenario.timeline:
        if isinstance(step, Vanishes):
            for home, device in scenario.devices():
                if device.code == step.device or home.code == step.home:
                    since = cast.instant(step.at)
                    until = since + round(step.lasts * SECOND)
                    yield _Absence(cast.sender(device.code), since, until)


def _present(posts: Iterable[Post], gone: list[_Absence]) -> Iterator[Post]:
    """What nobody says who is not there."""
    for post in posts:
        absent = any(a.sender == post.sender and a.since <= post.at < a.until for a in gone)
        if post.verb != SAY or not absent:
            yield post


def _frozen(scenario: Scenario, home: Home, begin: int) -> list[tuple[int, int]]:
    """Spans in which the sensors of `home` see nobody."""
    steps: list[Step] = [s for s in scenario.timeline if isinstance(s, Freezes) and s.home == home.code]
    return [
        (begin + round(s.at * SECOND), begin + round((s.at + s.lasts) * SECOND))
        for s in steps
        if isinstance(s, Freezes)
    ]


def _numbered(posts: Iterable[Post], first: int) -> Iterator[Post]:
    """Every object with the next sequence number of its device and stream; a number given stays."""
    counts: dict[tuple[str, str], int] = defaultdict(lambda: first)
    for post in posts:
        if not post.said or isinstance(post.body, bytes):
            yield post
            continue
        objects = []
        for obj in post.body:
            counts[post.sender.device, post.stream] += 1
            seq = counts[post.sender.device, post.stream]
            objects.append({"t": obj["t"], "seq": seq, **obj} if "t" in obj else dict(obj))
        yield replace(post, body=tuple(objects))


_PLAIN: Mapping[str, Any] = {
    "drop": faults_network.drop,
    "duplicate": faults_network.duplicate,
    "reorder": faults_network.reorder,
    "delay": faults_network.delay,
    "weak signal": faults_network.weak_signal,
    "stuck": faults_device.stuck,
    "garbage": faults_device.garbage,
    "wrong unit": faults_device.wrong_unit,
    "resend": faults_device.resend,
}
FAULTS = (
    *_PLAIN, "cut off", "reconnect storm", "retained junk", "clock", "reboot", "drain", "wrong home",
)  # fmt: skip
"""Every fault a scenario can name."""


def _fault(line: FaultLine, cast: Cast, prefix: str) -> Fault:
    """The fault of a line, limited to what it strikes; raises BadScenario for settings it does not have."""
    since = cast.instant(line.since or 0)
    until = cast.instant(line.until) if line.until is not None else cast.end
    settings = dict(line.settings)
    timed = True
    try:
        if line.fault == "cut off":
            fault, timed = faults_network.cut_off(since, until, **settings), False
        elif line.fault in ("reconnect storm", "retained junk"):
            make = faults_network.reconnect_storm if "storm" in line.fault else faults_network.retained_junk
            fault, timed = make(at=since, **settings), False
        elif line.fault == "clock":
            jump = settings.pop("jump_after_s", None)
            at = None if jump is None else since + round(float(jump) * SECOND)
            fault = faults_device.clock(jump_at=at, **settings)
        elif line.fault == "reboot":
            fault, timed = faults_device.reboot(since, **settings), False
        elif line.fault == "drain":
            fault, timed = faults_device.drain(since, **settings), False
        elif line.fault == "wrong home":
            fault = faults_device.wrong_home(code_of(prefix, str(settings["home"])))
        else:
            fault = _PLAIN[line.fault](**settings)
    except (KeyError, TypeError, ValueError) as error:
        raise BadScenario(f"fault {line.fault!r}: {error}; there are {', '.join(FAULTS)}") from error
    devices = frozenset(cast.sender(code).device for code in line.devices) or None
    return only(
        fault,
        devices=devices,
        streams=frozenset(line.streams) or None,
        since=since if timed else None,
        until=until if timed else None,
    )
