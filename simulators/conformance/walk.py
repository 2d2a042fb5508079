"""What a technician is asked to do, one after another, so that every requirement can be seen."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulators.conformance.heard import Heard, lateness_s, objects

LATE_S = 20.0  # what is older than this when it comes was stored


class Phase(NamedTuple):
    """A stretch of the check.

    Attributes:
        key: marks what is heard in it.
        ask: what the technician is to do.
        seconds: how long to go on listening after that.
        from_asking: whether it begins as soon as it is asked for: a device answers while it is handled.
        shown: whether what it is for has been seen among what was heard in it; then it ends at once.
        seen: how to say so.
    """

    key: str
    ask: str
    seconds: float
    from_asking: bool = False
    shown: Callable[[Sequence[Heard]], bool] | None = None
    seen: str = ""


def stored(heard: Sequence[Heard]) -> bool:
    """Whether something came that is too old to have just happened."""
    return any(lateness_s(message, obj) > LATE_S for message, obj in objects(heard))


def gone(heard: Sequence[Heard]) -> bool:
    """Whether the broker said the last will."""
    return any(message.is_will and not message.retain for message in heard)


def back(heard: Sequence[Heard]) -> bool:
    """Whether the device says that it is there."""
    return any(obj.get("online") in (True, 1) for _, obj in objects(heard, "status"))


PHASES: tuple[Phase, ...] = (
    Phase("on", "Switch the device on and wait until it is connected.", 20),
    Phase("rest", "Lay it on a table and leave it alone.", 30),
    Phase(
        "use",
        "Use it: move it, press its button, open its door, measure something with it, ask for a service.",
        30,
    ),
    Phase(
        "ask",
        "Put it on, if it is worn. We ask whether all is well: press its cancel button once when it buzzes;"
        " it must not buzz a second time.",
        30,
    ),
    Phase("kept", "Nothing to do: we subscribe anew and look at what the broker has kept.", 5),
    Phase(
        "offline",
        "Take its network away (not its power) for two minutes, use it meanwhile, give it back.",
        90,
        True,
        stored,
        "what it stored has come",
    ),
    Phase(
        "power",
        "Take its power away, all of it, without switching it off.",
        200,
        True,
        gone,
        "the broker says that it is gone",
    ),
    Phase("back", "Give it its power back.", 60, True, back, "it says that it is there again"),
)

CLAIM = Phase(
    "claim",
    "Make a claim code (`nowalls devices claim CODE`), give it to the device, wait until it is connected.",
    60,
)
"""First of all, for a device that fetches its own secret."""
