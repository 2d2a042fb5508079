"""Conditions of a row: whose it is, told from the settings that a connection carries for its caller.

`nowalls.stations` are the keys of the stations in the caller's scope, `nowalls.residents` those whom the
caller sees as family or in an emergency, `nowalls.opened` only the latter, `nowalls.account` is the caller.
Each is read once a statement (an uncorrelated subquery), not once a row.
"""

from dataclasses import dataclass

OPEN = "true"


def any_of(*conditions: str) -> str:
    """Whether one of them holds."""
    return f"({' OR '.join(conditions)})"


def among(column: str, setting: str) -> str:
    """Whether `column` is one of the keys in the setting; never when it is not set."""
    return f"{column} = ANY ((SELECT nullif(current_setting('nowalls.{setting}', true), '')::int[])::int[])"


def own(column: str) -> str:
    """Whether `column` is the caller's account."""
    return f"{column} = (SELECT nullif(current_setting('nowalls.account', true), '')::int)"


def staff(column: str) -> str:
    """Whether `column`, a station, is in the caller's part of the tree."""
    return among(column, "stations")


def resident(column: str, *, family: bool) -> str:
    """Whether `column` is a resident of the caller's; with `family`, also one they are family of."""
    also = among(column, "residents" if family else "opened")
    return f"({also} OR EXISTS (SELECT FROM resident r WHERE r.id = {column} AND {staff('r.station_id')}))"


def home(column: str, *, family: bool) -> str:
    """Whether a resident of the caller's lives or lived in `column`, or it is a home of their stations."""
    lived = among("l.resident_id", "residents" if family else "opened")
    return (
        f"(EXISTS (SELECT FROM home h WHERE h.id = {column} AND {staff('h.station_id')})"
        f" OR {column} IN (SELECT l.home_id FROM residence l WHERE {lived}))"
    )


def device(column: str) -> str:
    """Whether `column` is a device in a home of the caller's stations, or one that never hung anywhere."""
    where = f"home_of_device({column})"
    return f"({where} IS NULL OR {home(where, family=False)})"


def incident_row(table: str) -> str:
    """Whether the row of `table`, an incident, is the caller's: by station, person, home, or being asked."""
    lived = among("l.resident_id", "residents")
    return (
        f"({staff(f'{table}.station_id')} OR {among(f'{table}.resident_id', 'residents')}"
        f" OR ({table}.resident_id IS NULL"
        f" AND {table}.home_id IN (SELECT l.home_id FROM residence l WHERE {lived}))"
        # By a function of the owner's: the policy of `offer` looks at incidents in its turn.
        f" OR {table}.id = ANY ((SELECT offered_to_caller())::uuid[]))"
    )


def incident(column: str) -> str:
    """Whether `column` is an incident of the caller's."""
    return f"EXISTS (SELECT FROM incident i WHERE i.id = {column} AND {incident_row('i')})"


def account(column: str) -> str:
    """Whether `column` is the caller, works in their stations, or is family of somebody there."""
    return (
        f"({own(column)} OR EXISTS (SELECT FROM role_grant g WHERE g.account_id = {column}"
        f" AND ({staff('g.station_id')} OR {resident('g.resident_id', family=False)})))"
    )


def part_of(parent: str, key: str, column: str) -> str:
    """Whether the row of `parent` that this one belongs to may be seen: its own rule holds for it."""
    return f"EXISTS (SELECT FROM {parent} p WHERE p.{key} = {column})"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do what with the rows of one table.

    Attributes:
        read: condition of a row that a caller may see; OPEN: every row.
        write: the same for rows made, changed and taken away; "" is as `read`.
        why: for OPEN, why no condition is needed.
    """

    read: str
    write: str = ""
    why: str = ""

    @property
    def open(self) -> bool:
        """Whether no row is hidden from anybody who may read the table at all."""
        return self.read == OPEN
