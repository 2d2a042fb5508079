"""Which role may call a function that works as the owner of the database: one that is not listed, nobody.

Such a function sees every row of every table. So it is closed to all but those who need it, as a table is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.access import roles


@dataclass(frozen=True, slots=True)
class Function:
    """Who may call it, and why it may not simply ask as its caller."""

    callers: tuple[str, ...]
    why: str


_RULED = (roles.PERSON, roles.ACTING)  # the rules of rows ask these for them
_READERS = (roles.PERSON, roles.ACTING, roles.WHOLE, roles.FEED)

FUNCTIONS: Mapping[str, Function] = {
    "offered_to_caller": Function(_RULED, "of the caller's own offers; the rule of `offer` asks it in turn"),
    "homes_offered_to_caller": Function(_RULED, "the homes of `offered_to_caller`"),
    "home_of_device": Function(_RULED, "the number of a home, by which the rule goes on"),
    "count_residents": Function(
        _READERS, "asks for the scope of its caller itself, once and not at every row"
    ),
    "places_of_residents": Function(_READERS, "as `count_residents`"),
    "token_stands": Function((roles.DELIVER,), "yes or no; delivery reads no tokens"),
    "newly_measured": Function((roles.DELIVER,), "yes or no; delivery reads no measurements"),
    "family_homes": Function((roles.DELIVER,), "how people are, for their relatives' homes"),
    "retire": Function((roles.WHOLE,), "takes away what is append-only, when it is old enough"),
    "carry_out_erasure": Function((roles.WHOLE,), "forgets a person, where that is due or agreed to"),
    "audit_make_room": Function((roles.SEALER,), "makes partitions"),
    "audit_retire": Function((roles.SEALER,), "takes whole months away, never the last six"),
}
