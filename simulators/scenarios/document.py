"""A scenario as a document (YAML): who lives where, what happens when, what goes wrong, what must come of it.

Reading is strict: a field that nobody knows, a person who does not live there or an instant that is none is
refused with the place of the mistake. docs/simulators.md describes each field.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import Meta

from core.kind import BY_NAME as KINDS
from simulators.scenarios.span import Span, decode
from simulators.scenarios.steps import Step

Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class BadScenario(Exception):
    """The document is no scenario; the message says where and why."""


class Fence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle in which somebody should be, degrees (WGS-84) and metres, between two times of day."""

    lat: float
    lon: float
    radius_m: Annotated[float, Meta(gt=0)]
    holds_from: Clock = "00:00"
    holds_until: Clock = "00:00"


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who lives there. `seed` draws habits of their own for homes that live.

    `fences`: where they should be. No document takes fences in yet, so on virtual time only.
    """

    name: str
    seed: int = 1
    ability_grade: int | None = None
    fences: tuple[Fence, ...] = ()


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device of the home. `reports` is its reporting interval; without one it speaks only when asked to.

    `hz`, `range_g`, `step_mg` and `site` describe the chip of a wearable.
    """

    code: Name
    kind: str
    room: str = ""
    site: Literal["", "wrist", "waist"] = ""
    wearer: str = ""
    reports: Span | None = None
    battery: Share = 0.9
    hz: Annotated[float, Meta(ge=10, le=400)] = 50
    range_g: Annotated[float, Meta(ge=2, le=32)] = 8
    step_mg: Annotated[float, Meta(gt=0, le=200)] = 1


class Home(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A household. `lives`: its sensors see ordinary days; `remembers`: so long before the beginning, too.

    `real`: code of a home that the running system knows already. Its devices, named by their own codes, are
    real ones on somebody's bench; the simulation does not speak for them.
    """

    code: Name
    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    real: str = ""
    lives: bool = False
    remembers: Span = Span(0)


class FaultLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}
):
    """A fault by name, what it strikes, when, and its own settings (see docs/simulators.md)."""

    fault: str
    devices: tuple[str, ...] = ()
    streams: tuple[Literal["motion", "vital", "event", "position", "status"], ...] = ()
    since: Span | None = None
    until: Span | None = None
    settings: dict[str, Any] = {}


class StepDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step the incident must take `within` a time `after` a mark (default: the incident's own)."""

    step: str
    within: Span
    after: str = ""
    level: int | None = None


class IncidentDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An incident that must come: its first step `within` a time `after` the mark (default: the beginning).

    `finally_`: the state it must have at the end; `never`: steps it must not take.
    """

    kind: str
    within: Span
    after: str = ""
    home: str = ""
    person: str = ""
    device: str = ""
    severity: str = ""
    priority: str = ""
    count: int = 1
    steps: tuple[StepDue, ...] = ()
    never: tuple[str, ...] = ()
    finally_: str = msgspec.field(default="", name="finally")


class QuarantineDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages of a device that must be kept aside, with the reason."""

    device: str
    reason: str
    at_least: int = 1


class StoredDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many readings of a metric (or windows of `motion`) of a device must be stored."""

    device: str
    metric: str
    exactly: int | None = None
    at_least: int = 1


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must come of it. `nothing_else`: no incident in these homes that is not named here."""

    incidents: tuple[IncidentDue, ...] = ()
    quarantined: tuple[QuarantineDue, ...] = ()
    stored: tuple[StoredDue, ...] = ()
    nothing_else: bool = True


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole document.

    `starts`: local time of day it needs, if it needs one (then it runs on virtual time only). `alone`: it
    needs a system of its own, for what is about the platform. `live`: false where a real broker would not
    let the fault pass, or virtual time alone can show it.
    """

    name: Name
    title: str
    lasts: Span
    homes: tuple[Home, ...]
    timeline: tuple[Step, ...] = ()
    faults: tuple[FaultLine, ...] = ()
    expect: Expected
    starts: Clock | None = None
    seed: int = 1
    alone: bool = False
    live: bool = True

    def devices(self) -> Iterator[tuple[Home, Device]]:
        """Every device with its home."""
        return ((home, device) for home in self.homes for device in home.devices)


def parse(text: str) -> Scenario:
    """Read a document; raises BadScenario."""
    try:
        found = msgspec.convert(yaml.safe_load(text), Scenario, dec_hook=decode)
    except yaml.YAMLError as error:
        raise BadScenario(f"not YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise BadScenario(str(error)) from error
    _check(found)
    return found


def read(path: Path) -> Scenario:
    """Read a file; raises BadScenario, naming it."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadScenario) as error:
        raise BadScenario(f"{path.name}: {error}") from error


def library() -> list[Path]:
    """The scenarios that come with nowalls, by name."""
    return sorted((Path(__file__).parent / "library").glob("*.yaml"))


def _check(scenario: Scenario) -> None:
    """What a type cannot say: names that are used must be known, instants must lie inside."""
    codes = [device.code for _, device in scenario.devices()]
    homes = [home.code for home in scenario.homes]
    people = [person.name for home in scenario.homes for person in home.people]
    for what, names in (("home", homes), ("device", codes), ("person", people)):
        twice = {name for name in names if names.count(name) > 1}
        _refuse(bool(twice), f"$.homes: {what} {', '.join(sorted(twice))} stands there twice")
    for home in scenario.homes:
        living = {person.name for person in home.people}
        for device in home.devices:
            absent = device.wearer and device.wearer not in living
            _refuse(
                bool(absent), f"$.homes: {device.code} is worn by {device.wearer}, who does not live there"
            )
    real = {device.code for home, device in scenario.devices() if home.real}
    for number, step in enumerate(scenario.timeline):
        name = getattr(step, "device", "")
        _refuse(name in real, f"$.timeline[{number}]: {name} is real: ask somebody to do it (does: asks)")
    labels = {"start"} | {step.called for step in scenario.timeline if step.called}
    for number, step in enumerate(scenario.timeline):
        place = f"$.timeline[{number}]"
        _refuse(step.at > scenario.lasts, f"{place}: at {step.at:g} s, after the end")
        for field, known in (("device", codes), ("home", homes), ("person", people)):
            name = getattr(step, field, "")
            _refuse(bool(name) and name not in known, f"{place}: no {field} {name}")
    fenced = any(person.fences for home in scenario.homes for person in home.people)
    _refuse(fenced and scenario.live, "$.homes: with fences it is played on virtual time only: live: false")
    for number, line in enumerate(scenario.faults):
        for name in line.devices:
            _refuse(name not in codes, f"$.faults[{number}]: no device {name}")
    _check_expected(scenario, labels, set(codes), set(homes), set(people))


def _check_expected(
    scenario: Scenario, labels: set[str], codes: set[str], homes: set[str], people: set[str]
) -> None:
    for number, due in enumerate(scenario.expect.incidents):
        place = f"$.expect.incidents[{number}]"
        _refuse(due.kind not in KINDS, f"{place}: no kind {due.kind}")
        for mark in (due.after, *(step.after for step in due.steps)):
            _refuse(bool(mark) and mark not in labels, f"{place}: nothing in the timeline is called {mark!r}")
        for field, known in (("device", codes), ("home", homes), ("person", people)):
            name = getattr(due, field)
            _refuse(bool(name) and name not in known, f"{place}: no {field} {name}")
    watched = [due.device for due in scenario.expect.quarantined]
    for name in (*watched, *(due.device for due in scenario.expect.stored)):
        _refuse(name not in codes, f"$.expect: no device {name}")


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise BadScenario(why)
