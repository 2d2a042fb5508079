"""What a technician is asked to do, one after another, so that every requirement can be seen."""

from typing import NamedTuple


class Phase(NamedTuple):
    """A stretch of the check: `key` marks what is heard in it, `seconds` is how long to go on listening."""

    key: str
    ask: str
    seconds: float


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
    Phase("offline", "Take its network away (not its power) for two minutes, use it, give it back.", 60),
    Phase("power", "Take its power away, wait until we say so, and give it back.", 100),
)

CLAIM = Phase(
    "claim",
    "Make a claim code (`nowalls devices claim CODE`), give it to the device, wait until it is connected.",
    60,
)
"""First of all, for a device that fetches its own secret."""
