"""Who may do what: one table of roles by action, and the scope in which a role holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to a station, or to one resident."""

    OPERATOR = "operator"
    RESPONDER = "responder"
    FAMILY = "family"
    ADMINISTRATOR = "administrator"
    EMERGENCY = "emergency"  # for an hour, to one resident outside one's stations (api.emergencies)


# Those that somebody is given; the last one opens and closes by itself.
GRANTED = (Role.OPERATOR, Role.RESPONDER, Role.FAMILY, Role.ADMINISTRATOR)


class Action(StrEnum):
    """What can be asked of the API."""

    SEE_INCIDENTS = "see_incidents"
    ACT_ON_INCIDENTS = "act_on_incidents"
    SEE_CONTACTS = "see_contacts"  # telephone numbers of others, and how to get into the home
    SEE_RESIDENTS = "see_residents"
    SEE_DEVICES = "see_devices"
    SET_DEVICES = "set_devices"  # what they prove themselves with
    SEE_QUARANTINE = "see_quarantine"
    SEE_SYSTEM = "see_system"
    SEE_CARE = "see_care"  # rooms, places, what is watched for, whom a visit would help
    SET_CARE = "set_care"
    RAISE_INCIDENTS = "raise_incidents"  # by hand: a call, a visit
    BE_SENT = "be_sent"  # say where one is, be offered an incident, answer
    SEND_SOMEBODY = "send_somebody"
    SEE_DUTY = "see_duty"
    SEE_RULES = "see_rules"  # policies, silences, drills, figures
    SILENCE = "silence"
    RUN_STATION = "run_station"  # its rosters, endpoints, policies and drills
    USE_BENCH = "use_bench"
    TAKE_PHOTOS = "take_photos"
    SEE_PHOTOS = "see_photos"  # like what staff write to each other
    WRITE_TO_STATION = "write_to_station"  # a relative's messages, and who else has access
    LINK_HOME = "link_home"  # a relative's own smart home hears how somebody is
    ANSWER_FAMILY = "answer_family"
    REVEAL = "reveal"  # whole telephone and identity numbers, for a reason that is kept
    TAKE_IN = "take_in"  # many people at once, from a sheet
    ASSESS = "assess"
    RECORD_VISITS = "record_visits"
    SEE_SERVICES = "see_services"  # the menu, orders, the next visit
    RUN_SERVICES = "run_services"  # accept an order, carry it out
    SETTLE = "settle"  # take an order back, the month's settlement
    EXPORT = "export"  # people and figures as a file
    INSPECT = "inspect"
    INVITE_FAMILY = "invite_family"
    INVITE_ANYONE = "invite_anyone"
    ADD_OBSERVATIONS = "add_observations"  # what a hospital measured, as FHIR
    SEE_LOOKS = "see_looks"  # who looked at a resident
    SEE_AUDIT = "see_audit"
    BREAK_GLASS = "break_glass"
    REVIEW_ACCESS = "review_access"  # whether breaking the glass was justified
    ERASE = "erase"  # let somebody who has left be forgotten
    MANAGE_ACCOUNTS = "manage_accounts"  # their roles, second factors and ends; tokens of machines


_STAFF = frozenset({Role.OPERATOR, Role.RESPONDER, Role.ADMINISTRATOR})
_DESK = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})

POLICY: dict[Action, frozenset[Role]] = {
    Action.SEE_INCIDENTS: _STAFF | {Role.FAMILY, Role.EMERGENCY},
    Action.ACT_ON_INCIDENTS: _STAFF | {Role.EMERGENCY},
    Action.SEE_CONTACTS: _STAFF | {Role.EMERGENCY},
    Action.SEE_RESIDENTS: _STAFF | {Role.FAMILY, Role.EMERGENCY},
    Action.SEE_DEVICES: _DESK,
    Action.SET_DEVICES: _DESK,
    Action.SEE_QUARANTINE: frozenset({Role.ADMINISTRATOR}),
    Action.SEE_SYSTEM: _DESK,
    Action.SEE_CARE: _STAFF | {Role.EMERGENCY},
    Action.SET_CARE: _DESK,
    Action.RAISE_INCIDENTS: _STAFF,
    Action.BE_SENT: _STAFF,
    Action.SEND_SOMEBODY: _DESK,
    Action.SEE_DUTY: _STAFF,
    Action.SEE_RULES: _DESK,
    Action.SILENCE: _DESK,
    Action.RUN_STATION: frozenset({Role.ADMINISTRATOR}),
    Action.USE_BENCH: frozenset({Role.ADMINISTRATOR}),
    Action.TAKE_PHOTOS: _STAFF,
    Action.SEE_PHOTOS: _STAFF | {Role.EMERGENCY},
    Action.WRITE_TO_STATION: frozenset({Role.FAMILY}),
    Action.LINK_HOME: frozenset({Role.FAMILY}),
    Action.ANSWER_FAMILY: _DESK,
    Action.REVEAL: _DESK,
    Action.TAKE_IN: _DESK,
    Action.ASSESS: _DESK,
    Action.RECORD_VISITS: _STAFF,
    Action.SEE_SERVICES: _STAFF | {Role.FAMILY},
    Action.RUN_SERVICES: _STAFF,
    Action.SETTLE: frozenset({Role.ADMINISTRATOR}),
    Action.EXPORT: frozenset({Role.ADMINISTRATOR}),
    Action.INSPECT: frozenset({Role.ADMINISTRATOR}),
    Action.INVITE_FAMILY: _DESK,
    Action.INVITE_ANYONE: frozenset({Role.ADMINISTRATOR}),
    Action.ADD_OBSERVATIONS: _DESK,
    Action.SEE_LOOKS: frozenset({Role.FAMILY, Role.ADMINISTRATOR}),
    Action.SEE_AUDIT: frozenset({Role.ADMINISTRATOR}),
    Action.BREAK_GLASS: _STAFF,
    Action.REVIEW_ACCESS: frozenset({Role.ADMINISTRATOR}),
    Action.ERASE: frozenset({Role.ADMINISTRATOR}),
    Action.MANAGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
}

EVERYTHING = ""  # the empty ltree is above every path


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of one account.

    Attributes:
        role: what the person is there.
        path: ltree path of the station; EVERYTHING for the whole tree, None for a family grant.
        station_id, resident_id: keys of what it is on.
        consented: for a family grant, whether the resident agrees just now to be seen.
    """

    role: Role
    path: str | None = None
    station_id: int | None = None
    resident_id: int | None = None
    consented: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Where somebody may do something: subtrees of the station tree and single residents.

    Every statement on personal data takes `params` and filters by them.
    """

    paths: tuple[str, ...] = ()
    residents: tuple[int, ...] = ()

    @property
    def params(self) -> dict[str, list[str] | list[int]]:
        """`paths` and `residents` as parameters of a statement."""
        return {"paths": list(self.paths), "residents": list(self.residents)}

    @property
    def whole(self) -> bool:
        """Whether nothing is outside."""
        return EVERYTHING in self.paths

    def covers(self, path: str | None, subjects: Iterable[int] = ()) -> bool:
        """Whether something at station `path` (None: the platform itself) about `subjects` is inside."""
        if self.whole or any(one in self.residents for one in subjects):
            return True
        if path is None:
            return False
        return any(path == top or path.startswith(top + ".") for top in self.paths)


def scope(grants: Iterable[Grant], action: Action) -> Scope | None:
    """Where `grants` allow `action`; None when no role of theirs allows it anywhere."""
    fitting = [grant for grant in grants if grant.role in POLICY[action]]
    if not fitting:
        return None
    paths = {grant.path for grant in fitting if grant.path is not None}
    residents = {grant.resident_id for grant in fitting if grant.resident_id is not None and grant.consented}
    return Scope(tuple(sorted(paths)), tuple(sorted(residents)))


_CAREFUL = frozenset({Action.MANAGE_ACCOUNTS, Action.INVITE_ANYONE, Action.EXPORT})


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Whether one of `roles` lets people in or takes lists out: a stolen password must not be enough."""
    held = frozenset(roles)
    return any(held & POLICY[action] for action in _CAREFUL)
