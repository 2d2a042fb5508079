"""How a NATS broker sorts what devices say by home: the subjects of partitions, and who may write there.

The broker renames a message on its way in: `nw.v1.<home>.<device>.vital` becomes
`p.<partition>.nw.v1.<home>.<device>.vital`. What a device may publish it checks on the new name.
"""

from typing import Any

from core.partition import partition_of
from core.quantity import STREAMS

PREFIX = "p"
_HOME = 2  # the level of a topic that names the home
_STATION = "station"


def mappings(count: int) -> dict[str, str]:
    """The account's mappings for `count` partitions: one for each stream there is.

    By name, for commands and the topics of stations look alike and stay as they are. A stream that nobody
    knows stays too; whoever takes the rest puts it into quarantine.
    """
    sorted_by_home = f"{PREFIX}.{{{{partition({count},1)}}}}.nw.v1.{{{{wildcard(1)}}}}.{{{{wildcard(2)}}}}"
    return {f"nw.v1.*.*.{stream}": f"{sorted_by_home}.{stream}" for stream in sorted(STREAMS)}


def subjects(number: int, count: int) -> str:
    """What is published into partition `number` of `count`; number `count` is the rest."""
    return f"{PREFIX}.{number}.>" if number < count else "nw.v1.*.*.*"


def admit(permissions: dict[str, Any], count: int) -> None:
    """Let a device write into the partition of its own home and into no other, and who speaks for all
    devices into all."""
    allowed: list[str] = permissions["publish"]["allow"]
    allowed += [f"{part}.{subject}" for subject in allowed if (part := _part(subject, count))]


def _part(subject: str, count: int) -> str:
    """Where what is published on a subject of a home's devices ends up; "" for other subjects."""
    levels = subject.split(".")
    if levels[:2] != ["nw", "v1"] or len(levels) != 5 or levels[_HOME] == _STATION:
        return ""
    if levels[_HOME] == "*":
        return f"{PREFIX}.*" if levels[-1] in STREAMS else ""
    return f"{PREFIX}.{partition_of(levels[_HOME], count)}"
