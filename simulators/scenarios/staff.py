"""Who has to do with what happens in a scenario, as documents: staff, family, rosters, rules, silences."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from simulators.scenarios.span import Span

Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Level = Literal["community", "street", "district", "city"]
LEVELS: tuple[Level, ...] = ("community", "street", "district", "city")
Role = Literal["operator", "responder", "volunteer", "rescue", "family", "administrator"]
DutyRole = Literal["operator", "responder", "volunteer", "rescue"]
Weekday = Annotated[int, Meta(ge=1, le=7)]


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to call for a resident; the first of the list first."""

    name: str
    relation: str = ""
    phone: str = ""


class Reached(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody can be reached; other than always, it can be shown on virtual time only.

    `fails`: every message to them fails. `least`: not for less. Quiet hours: high priority only.
    """

    fails: bool = False
    least: Literal["low", "medium", "high"] = "low"
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody with an account.

    `at`: the level of their station; `of`: whose family they are. `away_m`: how far from the first home they
    stand. Asked to go, they say so after `answers_after`, and are there `arrives_after` when they said yes.
    """

    name: str
    role: Role
    at: Level = "community"
    of: str = ""
    away_m: float | None = None
    free: bool = True
    answers: Literal["accepts", "refuses", "silent"] = "silent"
    answers_after: Span = Span(5)
    arrives_after: Span | None = None
    reached: Reached = Reached()


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A part of a roster: each of `who` on these days, or, with `turn_days`, one after the other."""

    role: DutyRole
    who: Annotated[tuple[str, ...], Meta(min_length=1)]
    at: Level = "community"
    days: tuple[Weekday, ...] = (1, 2, 3, 4, 5, 6, 7)
    since: Clock = "08:00"
    until: Clock = "08:00"
    holidays: Literal["as_usual", "never", "only"] = "as_usual"
    turn_days: Annotated[int, Meta(ge=1)] | None = None


class Absence(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}
):
    """`who` drops out, and `instead` comes, if anybody does."""

    role: DutyRole
    who: str
    until: Span
    at: Level = "community"
    instead: str = ""
    since: Span = Span(0)


class Silence(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}
):
    """Maintenance of a home, a device or (with neither) the community: what is found waits for its end."""

    kinds: tuple[str, ...]
    until: Span
    home: str = ""
    device: str = ""
    since: Span = Span(0)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else is done about a kind: `changes` as in docs/incidents.md (`escalation`, `escalate_s`, ...)."""

    kind: str
    changes: dict[str, Any]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An escalation policy; `stations` of a variant are levels here."""

    name: str
    variants: tuple[dict[str, Any], ...]

    def body(self, keys: dict[str, int]) -> dict[str, Any]:
        """In the form that the platform takes, with the key of each level's station."""
        return {
            "variants": [
                {**variant, "stations": [keys[level] for level in variant.get("stations", ())]}
                for variant in self.variants
            ]
        }


class ToldDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"as_": "as"}):
    """Somebody who must be told: a member or contact by name, or `console <level>`.

    `of`: the kind of incident; `as`: alarm, escalation, offer, update, closed, ... (any without); `times`:
    how often within the time, at least once without.
    """

    who: str
    within: Span
    of: str = ""
    as_: str = ""
    after: str = ""
    not_before: Span = Span(0)
    times: int | None = None


class RuledDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must become of a finding on its way to an incident, at least so often."""

    kind: str
    verdict: str
    at_least: int = 1


class VisitDue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who must be on the list of those worth a visit; `reason`: how the key of one of its reasons begins."""

    person: str
    reason: str = ""
