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

from simulators.scenarios.checks import BadScenario, check
from simulators.scenarios.span import Span, decode
from simulators.scenarios.staff import (
    Absence,
    Clock,
    Contact,
    Duty,
    Member,
    Policy,
    Rule,
    RuledDue,
    Silence,
    ToldDue,
    VisitDue,
)
from simulators.scenarios.steps import DOES, Step

__all__ = ["BadScenario"]  # who reads a document catches it

Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]


class Fence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle in which somebody should be, degrees (WGS-84) and metres, between two times of day."""

    lat: float
    lon: float
    radius_m: Annotated[float, Meta(gt=0)]
    holds_from: Clock = "00:00"
    holds_until: Clock = "00:00"


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who lives there. `seed` draws habits of their own for homes that live.

    `fences`: where they should be. `contacts`: whom to call. From `changed` before the beginning on they
    lose the share `declines` of their briskness in 30 days, or wander in this share of the nights.
    """

    name: str
    seed: int = 1
    ability_grade: int | None = None
    fences: tuple[Fence, ...] = ()
    contacts: tuple[Contact, ...] = ()
    consents: tuple[str, ...] = ("monitoring", "family_view")
    changed: Span = Span(0)
    declines: Annotated[float, Meta(ge=0, le=5)] = 0.0
    wanders: Share = 0.0


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device of the home. `reports` is its reporting interval; without one it speaks only when asked to.

    `hz`, `range_g`, `step_mg` and `site` describe the chip of a wearable; asked whether all is well, its
    wearer presses what `says` tells, `says_after` the question.
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
    says: Literal["all_right", "need_help", "nothing"] = "nothing"
    says_after: Span = Span(4)


class Home(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A household. `lives`: its sensors see ordinary days; `remembers`: so long before the beginning, too.

    `real`: code of a home that the running system knows already. Its devices, named by their own codes, are
    real ones on somebody's bench; the simulation does not speak for them.
    """

    code: Name
    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
    lat: float | None = None
    lon: float | None = None
    pets: int = 0
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
    """What must come of it. `nothing_else`: no incident in these homes that is not named here, and when
    `told` names somebody, nobody is told who is not named."""

    incidents: tuple[IncidentDue, ...] = ()
    told: tuple[ToldDue, ...] = ()
    ruled: tuple[RuledDue, ...] = ()
    worth_a_visit: tuple[VisitDue, ...] = ()
    quarantined: tuple[QuarantineDue, ...] = ()
    stored: tuple[StoredDue, ...] = ()
    nothing_else: bool = True


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole document.

    `starts`: local time of day it needs, if it needs one (then it runs on virtual time only). `alone`: it
    needs a system of its own, for what is about the platform or changes its rules. `live`: false where a real
    broker would not let the fault pass, or virtual time alone can show it. `holiday`: the first day is one.
    """

    name: Name
    title: str
    lasts: Span
    homes: tuple[Home, ...]
    staff: tuple[Member, ...] = ()
    rosters: tuple[Duty, ...] = ()
    absences: tuple[Absence, ...] = ()
    holiday: bool = False
    silences: tuple[Silence, ...] = ()
    policies: tuple[Policy, ...] = ()
    rules: tuple[Rule, ...] = ()
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
        known = f": it is none of {', '.join(DOES)}" if str(error).endswith(".does`") else ""
        raise BadScenario(f"{error}{known}") from error
    check(found)
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
