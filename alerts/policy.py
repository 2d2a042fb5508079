"""What is done about each kind of finding: rows that an administrator may change."""

from collections.abc import Iterable
from datetime import time
from typing import NamedTuple

from core.kind import BY_NAME, KINDS


class Policy(NamedTuple):
    """One kind's row.

    Attributes:
        priority: IEC 60601-1-8 priority of a new incident.
        cancel_window_s: how long the resident may call it off before it is opened.
        escalate_s: the kind's own pace: how long a step of its escalation is given; None: as its priority.
        respond_s: acknowledged, but nobody on the way for so long, it is open again; None: it waits.
        escalation: the escalation policy it follows.
        group_after: so many of a kind in one station within `group_s` are enough: what comes then is grouped
            into one, unless the priority is high. None: never.
        quiet_from, quiet_until: between these (local time) low priorities are held until the second.
        version: rises with each change.
    """

    kind: str
    priority: str
    cancel_window_s: int
    escalate_s: int | None
    respond_s: int | None
    escalation: str = "standard"
    group_after: int | None = None
    group_s: int = 600
    quiet_from: time | None = None
    quiet_until: time | None = None
    version: int = 1


# Where a row says nothing.
ESCALATE_S = {"high": 60, "medium": 300, "low": 86_400}
RESPOND_S = {"high": 300, "medium": 1800, "low": None}
_QUIET = (time(22), time(7))
_GROUP_AFTER = 5

# How many levels the station tree has above a community: street, district, city.
TOP_LEVEL = 3

# Nobody may silence, hold or group these, whatever a row says.
NEVER_SILENT = frozenset({"fall", "sos", "smoke", "co", "gas"})

# A kind that this version does not know still reaches somebody.
UNKNOWN = Policy("unknown", "medium", 0, ESCALATE_S["medium"], RESPOND_S["medium"])


def defaults() -> Iterable[Policy]:
    """The rows a new installation starts with."""
    for kind in KINDS:
        quiet = _QUIET if kind.priority == "low" else (None, None)
        yield Policy(
            kind.name,
            kind.priority,
            kind.cancel_window_s,
            ESCALATE_S[kind.priority],
            RESPOND_S[kind.priority],
            group_after=_GROUP_AFTER
            if kind.about in ("device", "home") and kind.priority != "high"
            else None,
            quiet_from=quiet[0],
            quiet_until=quiet[1],
        )


def latched(kind: str) -> bool:
    """True when only a person may close an incident of `kind`."""
    return kind not in BY_NAME or BY_NAME[kind].latched
