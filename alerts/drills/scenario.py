"""What can be rehearsed, and what a good station reaches. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

SELF_TEST = "self_test"
SELF_TEST_WITHIN_S = 60

# What is rehearsed -> the kind of incident it is. A rehearsal is as urgent as the real thing.
SCENARIOS = {"fall": "fall", "sos": "sos", "smoke": "smoke", "inactivity": "inactivity"}

# Seconds from the alarm. UK practice asks for an answer to 97.5 % of calls within 60 s; the way to the door
# is the fifteen-minute circle.
TARGETS_S = {"told": 10, "acknowledged": 60, "responding": 180, "arrived": 900, "resolved": 3600}


class Step(NamedTuple):
    """One step of a rehearsal: seconds after its alarm, None when it was not reached, and who did it."""

    name: str
    after_s: float | None
    target_s: int
    met: bool
    actor: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in a rehearsal, seconds after it began."""

    kind: str
    after_s: float
    actor: int | None


def steps(happenings: Sequence[Happening], told_after_s: float | None) -> list[Step]:
    """How quickly each step came, against its target. Who goes at once has acknowledged by going."""
    opened = next((h.after_s for h in happenings if h.kind == "opened"), 0.0)
    order = ("acknowledged", "responding", "arrived", "resolved")
    found = [_step("told", told_after_s, opened, None)]
    for at, name in enumerate(order):
        first = next((h for h in happenings if h.kind in order[at:]), None)
        found.append(_step(name, first.after_s if first else None, opened, first.actor if first else None))
    return found


def passed(found: Sequence[Step]) -> bool:
    """Whether every step met its target."""
    return all(step.met for step in found)


def as_dict(step: Step) -> dict[str, Any]:
    """JSON-able."""
    return step._asdict()


def _step(name: str, after_s: float | None, opened: float, actor: int | None) -> Step:
    taken = None if after_s is None else round(max(0.0, after_s - opened), 3)
    return Step(name, taken, TARGETS_S[name], taken is not None and taken <= TARGETS_S[name], actor)
