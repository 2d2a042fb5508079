"""What a type cannot say of a scenario: names that are used must be known, instants must lie inside."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.kind import BY_NAME as KINDS
from simulators.scenarios.staff import LEVELS, Reached

if TYPE_CHECKING:
    from simulators.scenarios.document import Scenario


class BadScenario(Exception):
    """The document is no scenario; the message says where and why."""


class Names:
    """What a scenario calls things by."""

    def __init__(self, scenario: "Scenario") -> None:
        self.devices = [device.code for _, device in scenario.devices()]
        self.homes = [home.code for home in scenario.homes]
        self.people = [person.name for home in scenario.homes for person in home.people]
        self.staff = [member.name for member in scenario.staff]
        self.contacts = [
            contact.name for home in scenario.homes for person in home.people for contact in person.contacts
        ]
        self.marks = {"start"} | {step.called for step in scenario.timeline if step.called}


def check(scenario: "Scenario") -> None:
    """Raises BadScenario for what cannot be meant."""
    names = Names(scenario)
    called = (
        ("home", names.homes),
        ("device", names.devices),
        ("person", names.people),
        ("name", names.staff + names.contacts),
    )
    for what, given in called:
        twice = {name for name in given if given.count(name) > 1}
        _refuse(bool(twice), f"$.homes: {what} {', '.join(sorted(twice))} stands there twice")
    _homes(scenario)
    _timeline(scenario, names)
    _staff(scenario, names)
    _rules(scenario, names)
    _incidents(scenario, names)
    _expected(scenario, names)


def _homes(scenario: "Scenario") -> None:
    for home in scenario.homes:
        living = {person.name for person in home.people}
        for device in home.devices:
            absent = device.wearer and device.wearer not in living
            _refuse(
                bool(absent), f"$.homes: {device.code} is worn by {device.wearer}, who does not live there"
            )


def _timeline(scenario: "Scenario", names: Names) -> None:
    real = {device.code for home, device in scenario.devices() if home.real}
    for number, step in enumerate(scenario.timeline):
        place = f"$.timeline[{number}]"
        name = getattr(step, "device", "")
        _refuse(name in real, f"{place}: {name} is real: ask somebody to do it (does: asks)")
        _refuse(step.at > scenario.lasts, f"{place}: at {step.at:g} s, after the end")
        known = {"device": names.devices, "home": names.homes, "person": names.people}
        for field, all_of_them in {**known, "by": names.staff, "to": names.staff}.items():
            _known(getattr(step, field, ""), all_of_them, field, place)
    for number, line in enumerate(scenario.faults):
        for name in line.devices:
            _known(name, names.devices, "device", f"$.faults[{number}]")


def _staff(scenario: "Scenario", names: Names) -> None:
    for number, member in enumerate(scenario.staff):
        place = f"$.staff[{number}]"
        _known(member.of, names.people, "person", place)
        _refuse(
            (member.role == "family") != bool(member.of), f"{place}: family is of somebody, others are not"
        )
        usual = member.reached == Reached() and member.role not in ("volunteer", "rescue")
        _refuse(scenario.live and not usual, f"{place}: can be shown on virtual time only: live: false")
    for number, duty in enumerate(scenario.rosters):
        for name in duty.who:
            _known(name, names.staff, "member of staff", f"$.rosters[{number}]")
    for number, absence in enumerate(scenario.absences):
        for name in (absence.who, absence.instead):
            _known(name, names.staff, "member of staff", f"$.absences[{number}]")


def _rules(scenario: "Scenario", names: Names) -> None:
    for number, silence in enumerate(scenario.silences):
        place = f"$.silences[{number}]"
        _known(silence.home, names.homes, "home", place)
        _known(silence.device, names.devices, "device", place)
        for kind in silence.kinds:
            _known(kind, KINDS, "kind", place)
    for number, rule in enumerate(scenario.rules):
        _known(rule.kind, KINDS, "kind", f"$.rules[{number}]")
    changes = bool(scenario.policies or scenario.rules or scenario.holiday)
    _refuse(changes and scenario.live and not scenario.alone, "$: who changes rules is alone: true")


def _incidents(scenario: "Scenario", names: Names) -> None:
    for number, due in enumerate(scenario.expect.incidents):
        place = f"$.expect.incidents[{number}]"
        _known(due.kind, KINDS, "kind", place)
        for mark in (due.after, *(step.after for step in due.steps)):
            _mark(mark, names, place)
        _known(due.device, names.devices, "device", place)
        _known(due.home, names.homes, "home", place)
        _known(due.person, names.people, "person", place)


def _expected(scenario: "Scenario", names: Names) -> None:
    expect = scenario.expect
    consoles = [f"console {level}" for level in LEVELS]
    for number, told in enumerate(expect.told):
        place = f"$.expect.told[{number}]"
        _known(told.who, [*names.staff, *names.contacts, *consoles], "member of staff or contact", place)
        called = told.who in names.contacts and scenario.live
        _refuse(called, f"{place}: contacts can be reached on virtual time only: live: false")
        _known(told.of, KINDS, "kind", place)
        _mark(told.after, names, place)
    for visit in expect.worth_a_visit:
        _known(visit.person, names.people, "person", "$.expect.worth_a_visit")
    for name in (*(due.device for due in expect.quarantined), *(due.device for due in expect.stored)):
        _known(name, names.devices, "device", "$.expect")


def _mark(mark: str, names: Names, place: str) -> None:
    _refuse(bool(mark) and mark not in names.marks, f"{place}: nothing in the timeline is called {mark!r}")


def _known(name: str, known: Iterable[str], what: str, place: str) -> None:
    _refuse(bool(name) and name not in known, f"{place}: no {what} {name}")


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise BadScenario(why)
