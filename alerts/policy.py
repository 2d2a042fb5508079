"""What is done about each kind of finding: rows that an administrator may change."""

from collections.abc import Iterable
from typing import NamedTuple

from core.kind import BY_NAME, KINDS


class Policy(NamedTuple):
    """One kind's row.

    Attributes:
        priority: IEC 60601-1-8 priority of a new incident.
        cancel_window_s: how long the resident may call it off before it is opened.
        escalate_s: unanswered for so long, it is raised one level; None: it waits.
        respond_s: acknowledged, but nobody on the way for so long, it is open again; None: it waits.
    """

    kind: str
    priority: str
    cancel_window_s: int
    escalate_s: int | None
    respond_s: int | None


_ESCALATE_S = {"high": 60, "medium": 300, "low": None}
_RESPOND_S = {"high": 300, "medium": 1800, "low": None}

# How many levels the station tree has above a community: street, district, city.
TOP_LEVEL = 3

# A kind that this version does not know still reaches somebody.
UNKNOWN = Policy("unknown", "medium", 0, _ESCALATE_S["medium"], _RESPOND_S["medium"])


def defaults() -> Iterable[Policy]:
    """The rows a new installation starts with."""
    for kind in KINDS:
        yield Policy(
            kind.name,
            kind.priority,
            kind.cancel_window_s,
            _ESCALATE_S[kind.priority],
            _RESPOND_S[kind.priority],
        )


def latched(kind: str) -> bool:
    """True when only a person may close an incident of `kind`."""
    return kind not in BY_NAME or BY_NAME[kind].latched
