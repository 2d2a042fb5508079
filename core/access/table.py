"""A line of the table of tables, and the rules that many of them share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access import roles
from core.access.rules import OPEN, Rule, account, any_of, home, incident, own, resident, staff


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the rule of its rows, and the letters of what signed-in callers and other roles may do.

    Attributes:
        caller: for PERSON and WHOLE; ACTING has the same where the alerts package is named in `others`.
        columns: for a role, the only columns it may read.
    """

    rule: Rule
    caller: str = "rawd"
    others: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def given(
    ingest: str = "", alerts: str = "", deliver: str = "", door: str = "", feed: str = ""
) -> dict[str, str]:
    """Letters by the role of a part of the program."""
    # Delivery does what the engine does, too: it begins self-tests, raises faults, puts questions to wearers.
    deliver = "".join(sorted({*deliver, *alerts}))
    letters_of = {roles.INGEST: ingest, roles.ALERTS: alerts, roles.DELIVER: deliver}
    letters_of |= {roles.DOOR: door, roles.FEED: feed}
    return {role: letters for role, letters in letters_of.items() if letters}


def by_station(column: str = "station_id") -> Rule:
    """Rows of a station, for its staff."""
    return Rule(staff(column))


def by_resident(table: str, *, family: bool = False) -> Rule:
    """Rows about one person, for whom that person is visible to."""
    return Rule(resident(f"{table}.resident_id", family=family))


def by_home(table: str, *, family: bool = False) -> Rule:
    """Of a home; what is of one person in it is only for whom that person is visible to."""
    of_whom = f"{table}.resident_id"
    return Rule(
        home(f"{table}.home_id", family=family)
        + " AND "
        + any_of(f"{of_whom} IS NULL", resident(of_whom, family=family))
    )


def of_incident(table: str, more: str = "") -> Rule:
    """Rows of an incident, for whom it is visible to; `more`: or where this holds."""
    found = incident(f"{table}.incident_id")
    return Rule(f"({found} OR {more})" if more else found)


def of_account(table: str, column: str = "account_id", more: str = "") -> Rule:
    """Rows of an account, for itself and who administers it; `more`: or where this holds."""
    found = account(f"{table}.{column}")
    return Rule(f"({found} OR {more})" if more else found)


def only_own(table: str, more: str = "") -> Rule:
    """What somebody signs in with is nobody else's, whoever stands above them."""
    found = own(f"{table}.account_id")
    return Rule(f"({found} OR {more})" if more else found)


def open_to_all(why: str, write: str = "") -> Rule:
    """Rows that every caller may read, and why; `write`: who may change them."""
    return Rule(OPEN, write, why)
