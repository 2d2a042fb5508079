"""/policies: what is done about each kind, and who is told in which order; versioned."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Path

from alerts import settings
from alerts.escalation.policy import BadPolicy
from alerts.settings import Kept, StaleVersion
from api import rosters
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.rules import (
    ChangeKind,
    Escalation,
    Escalations,
    History,
    KindPolicies,
    KindPolicy,
    OldVersion,
    PutEscalation,
)
from api.models.words import Named
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found

router = APIRouter(prefix="/policies", tags=["rules"])

Name = Annotated[str, Path(min_length=1, max_length=60, pattern=r"^[\w .-]+$")]
Names = Mapping[int, Row]


async def _who(parts: Parts, kept: Iterable[Kept]) -> Names:
    return await rosters.names(parts, (one.by for one in kept))


def _by(one: Kept, known: Names) -> Named | None:
    return None if one.by is None else rosters.named(one.by, known)


def _kind(one: Kept, known: Names) -> KindPolicy:
    said = {"kind": one.name, "version": one.version, "updated_at": one.at, "updated_by": _by(one, known)}
    return KindPolicy.model_validate({**one.body, **said})


def _escalation(one: Kept, known: Names) -> Escalation:
    return Escalation(
        name=one.name,
        body=dict(one.body),
        version=one.version,
        updated_at=one.at,
        updated_by=_by(one, known),
    )


def _changing(caller: Caller) -> int:
    """Policies hold everywhere: only who runs everything changes them."""
    if not caller.scope(Action.RUN_STATION).whole:
        raise Problem(403)
    return caller.session.account


@router.get("/kinds")
async def read_kinds(caller: Signed, parts: Needs) -> KindPolicies:
    """Every kind's rule in force."""
    caller.scope(Action.SEE_RULES)
    kept = await in_thread(parts, settings.kinds)
    known = await _who(parts, kept)
    return KindPolicies(items=[_kind(one, known) for one in kept])


@router.put("/kinds/{kind}")
async def put_kind(kind: Name, wish: ChangeKind, caller: Signed, parts: Needs) -> KindPolicy:
    """Change a kind's rule. 409 `lost-race` when somebody changed it since `version`, 422 `bad-policy`."""
    account = _changing(caller)
    changes = wish.model_dump(exclude={"version"})
    try:
        kept = await in_thread(
            parts, settings.change_kind, kind, changes, wish.version, account, parts.clock.now()
        )
    except (BadPolicy, StaleVersion) as error:
        raise _refused(error) from error
    if kept is None:
        raise not_found()
    return _kind(kept, await _who(parts, [kept]))


@router.get("/escalation")
async def read_escalations(caller: Signed, parts: Needs) -> Escalations:
    """Every escalation policy in force."""
    caller.scope(Action.SEE_RULES)
    kept = await in_thread(parts, settings.escalations)
    known = await _who(parts, kept)
    return Escalations(items=[_escalation(one, known) for one in kept])


@router.put("/escalation/{name}")
async def put_escalation(name: Name, wish: PutEscalation, caller: Signed, parts: Needs) -> Escalation:
    """Write a policy, new without `version`. 409 `lost-race`, 422 `bad-policy` with why."""
    account = _changing(caller)
    try:
        kept = await in_thread(
            parts, settings.put_escalation, name, wish.body, wish.version, account, parts.clock.now()
        )
    except (BadPolicy, StaleVersion) as error:
        raise _refused(error) from error
    return _escalation(kept, await _who(parts, [kept]))


@router.get("/kinds/{kind}/history")
async def read_kind_history(kind: Name, caller: Signed, parts: Needs) -> History:
    """What a kind's rule said before."""
    return await _history("kind", kind, caller, parts)


@router.get("/escalation/{name}/history")
async def read_escalation_history(name: Name, caller: Signed, parts: Needs) -> History:
    """What an escalation policy said before."""
    return await _history("escalation", name, caller, parts)


async def _history(subject: str, name: str, caller: Caller, parts: Parts) -> History:
    caller.scope(Action.SEE_RULES)
    kept = await in_thread(parts, settings.history, subject, name)
    known = await _who(parts, kept)
    return History(
        items=[
            OldVersion(version=one.version, body=dict(one.body), at=one.at, by=_by(one, known))
            for one in kept
        ]
    )


def _refused(error: BadPolicy | StaleVersion) -> Problem:
    if isinstance(error, StaleVersion):
        return Problem(409, "lost-race", "somebody changed it since you read it")
    return Problem(422, "bad-policy", str(error))
