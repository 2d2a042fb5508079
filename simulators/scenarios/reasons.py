"""Why something that was due did not come, where the running system can tell. Pure.

Homes and devices of a running system have a past: an incident left open takes in what is found next, a device
may be switched off, and one whose clock was wrong may still be corrected.
"""

from collections.abc import Iterator, Mapping, Sequence

from simulators.scenarios.document import IncidentDue
from simulators.scenarios.saying import Said, listed, say
from simulators.scenarios.script import Script

Open = tuple[int, str, str]
"""An incident that was open before: its number, its kind, the code of its home."""

Heard = Mapping[str, tuple[int | None, int]]
"""Device code -> when it last spoke (Unix microseconds; None: never), correction of its clock (ms)."""

_WORTH_A_WORD_MS = 1000
"""Rows count from a second before the beginning on: a smaller correction hides none."""


def in_the_way(script: Script, found: Sequence[Open]) -> Iterator[Said]:
    """What is open already, of the kinds that are expected in those homes."""
    expected = [(due.kind, due.home) for due in script.scenario.expect.incidents]
    for one in found:
        _, kind, home = one
        if any(due == kind and where in ("", script.homes[home]) for due, where in expected):
            yield _already(script, one)


def why_none(script: Script, due: IncidentDue, found: Sequence[Open], heard: Heard) -> str:
    """Why the incident `due` did not come; "" when nothing is known."""
    open_ones = [
        _already(script, one)
        for one in found
        if one[1] == due.kind and _lives(script, due, script.homes[one[2]])
    ]
    silent = [] if open_ones else [_silence(script, name, heard) for name in _real(script, due)]
    return _because([*open_ones, *(reason for reason in silent if reason)])


def why_few(script: Script, name: str, heard: Heard) -> str:
    """Why the device `name` of the scenario has fewer rows than it must; "" when nothing is known."""
    if reason := _silence(script, name, heard):
        return _because([reason])
    _, corrected_ms = heard.get(script.device(name), (None, 0))
    if corrected_ms > -_WORTH_A_WORD_MS:
        return ""
    return _because([say("clock_corrected", device=name, seconds=corrected_ms / 1000)])


def _already(script: Script, one: Open) -> Said:
    number, kind, home = one
    return say("already_open", number=number, kind=kind, where=script.homes[home])


def _silence(script: Script, name: str, heard: Heard) -> Said | None:
    last, _ = heard.get(script.device(name), (None, 0))
    return say("not_heard", device=name) if last is None or last < script.begin else None


def _lives(script: Script, due: IncidentDue, home: str) -> bool:
    """Whether what is due is due in `home`, by its name in the scenario."""
    if due.home:
        return due.home == home
    inside = next(one for one in script.scenario.homes if one.code == home)
    return (not due.person or any(person.name == due.person for person in inside.people)) and (
        not due.device or any(device.code == due.device for device in inside.devices)
    )


def _real(script: Script, due: IncidentDue) -> list[str]:
    """The real devices of the homes in which the incident is due, or the one it is about."""
    return [
        device.code
        for home, device in script.scenario.devices()
        if home.real and _lives(script, due, home.code) and due.device in ("", device.code)
    ]


def _because(reasons: Sequence[str]) -> str:
    return say("because", why=listed(reasons)) if reasons else ""
