"""Rosters of a station: the alerts package's values turned into what the API shows, and back."""

from collections.abc import Collection, Iterable, Mapping

from alerts.roster import duty
from alerts.roster.store import BadRoster, OnDuty
from api.guard import Caller
from api.models import duty as models
from api.models.words import Named
from api.parts import Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import places, stations
from core.instant import from_datetime, to_datetime

Names = Mapping[int, Row]


async def station(parts: Parts, caller: Caller, key: int, action: Action) -> None:
    """Problem 404 unless `caller` may do `action` in the station `key`."""
    async with parts.pool.connection() as conn:
        if await stations.one(conn, caller.scope(action), key) is None:
            raise not_found()


async def check_people(parts: Parts, station: int, accounts: Collection[int]) -> None:
    """Problem 422 "not-staff" when one of `accounts` has no role in the station or above it: who is on duty
    is told about everybody there."""
    async with parts.pool.connection() as conn:
        known = {row["id"] for row in await places.people(conn, station)}
    if not known.issuperset(accounts):
        raise Problem(422, "not-staff", "only who has a role in this station or above it can be on duty")


async def names(parts: Parts, accounts: Iterable[int | None]) -> Names:
    """Names and telephones of `accounts`."""
    async with parts.pool.connection() as conn:
        return await places.names(conn, [one for one in accounts if one is not None])


def bad(error: BadRoster) -> Problem:
    """What the roster refused."""
    return Problem(422, "bad-roster", str(error))


def named(account: int, known: Names) -> Named:
    """Somebody by key and name."""
    row = known.get(account)
    return Named(id=account, name=row["name"] if row else "")


def on_duty(one: OnDuty, known: Names) -> models.OnDuty:
    """A stretch of somebody's duty."""
    stretch = one.stretch
    row = known.get(stretch.account)
    return models.OnDuty(
        role=stretch.role,  # type: ignore[arg-type]  # a role of the roster, from a checked column
        account=named(stretch.account, known),
        phone=row["phone"] if row else "",
        from_=to_datetime(stretch.start),
        until=to_datetime(stretch.end),
        source=stretch.source,
    )


def gap(one: duty.Gap) -> models.DutyGap:
    """A stretch in which nobody is."""
    return models.DutyGap(
        role=one.role,  # type: ignore[arg-type]
        from_=to_datetime(one.start),
        until=to_datetime(one.end),
    )


def to_shift(wish: models.NewShift, key: int = 0) -> duty.Shift:
    """What is to be kept."""
    return duty.Shift(
        wish.role, wish.account_id, frozenset(wish.days), wish.from_time, wish.until_time, wish.first_day,
        wish.last_day, wish.holidays, key,
    )  # fmt: skip


def shift(one: duty.Shift, known: Names) -> models.Shift:
    """What is kept."""
    return models.Shift.model_validate(
        {
            "id": one.id,
            "role": one.role,
            "account_id": one.account,
            "account": named(one.account, known),
            "days": sorted(one.days),
            "from_time": one.from_time,
            "until_time": one.until_time,
            "first_day": one.first_day,
            "last_day": one.last_day,
            "holidays": one.holidays,
        }
    )


def to_rotation(wish: models.NewRotation, key: int = 0) -> duty.Rotation:
    """What is to be kept."""
    return duty.Rotation(
        wish.role, tuple(wish.members), wish.first_day, wish.turn_days, wish.from_time, wish.until_time,
        wish.last_day, key,
    )  # fmt: skip


def rotation(one: duty.Rotation, known: Names) -> models.Rotation:
    """What is kept."""
    return models.Rotation.model_validate(
        {
            "id": one.id,
            "role": one.role,
            "members": list(one.members),
            "people": [named(account, known) for account in one.members],
            "first_day": one.first_day,
            "turn_days": one.turn_days,
            "from_time": one.from_time,
            "until_time": one.until_time,
            "last_day": one.last_day,
        }
    )


def to_override(wish: models.NewOverride) -> duty.Override:
    """What is to be kept."""
    return duty.Override(
        wish.role, from_datetime(wish.from_), from_datetime(wish.until), wish.account_id, wish.replaces,
        reason=wish.reason,
    )  # fmt: skip


def override(one: duty.Override, known: Names) -> models.Override:
    """What is kept."""
    return models.Override(
        id=one.id,
        role=one.role,  # type: ignore[arg-type]
        from_=to_datetime(one.start),
        until=to_datetime(one.end),
        account=None if one.account is None else named(one.account, known),
        replaces=None if one.replaces is None else named(one.replaces, known),
        reason=one.reason,
    )
