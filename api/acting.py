"""Doing something about incidents and rosters: the alerts package decides, in a thread, on a connection
of its own."""

from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from anyio.to_thread import run_sync
from psycopg import Connection

from alerts import actions
from alerts.incident import Incident
from alerts.lifecycle import Action, Refusal
from api import lease
from api.audit import trail
from api.parts import Parts
from api.problems import Problem, not_found

P = ParamSpec("P")
T = TypeVar("T")

_MISTAKES = {
    Refusal.OUTCOME_NEEDED: "say how it ended",
    Refusal.REASON_UNKNOWN: "say why it was a false alarm",
    Refusal.NOTE_NEEDED: "say what to note",
    Refusal.UNKNOWN_ACTION: "there is no such action",
    Refusal.NOT_A_RESPONDER: "this account cannot be sent there",
}
_CONFLICTS = {
    Refusal.NOBODY_FREE: "nobody is free who was not asked before",
    Refusal.NOT_YOURS: "somebody else did or was asked this",
    Refusal.TOO_LATE: "it is too late for that",
}


async def in_thread(
    parts: Parts, work: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`work(connection, ...)`, which blocks, in one transaction unless it makes its own.

    What the alerts package decides may rest on more than the caller may see; it changes nothing outside.
    """
    alerts_decide = work.__module__.partition(".")[0] == "alerts"
    asking = lease.deciding() if alerts_decide else lease.current()

    def working() -> T:
        lease.become(asking)
        if alerts_decide:
            trail.rest()  # what a decision rests on is not what its caller is shown
        with parts.acting.connection() as conn:
            return partial(work, conn)(*args, **kwargs)

    return await run_sync(working)


async def act(parts: Parts, incident: UUID, action: Action) -> None:
    """Carry `action` out now; whoever calls has looked at the scope.

    Problem 409 "illegal-transition" or "lost-race" with the `state` and `version` that stand, 422 when
    something is missing.
    """
    became, refusal = await in_thread(parts, actions.act, incident, action, parts.clock.now())
    if became is None:
        raise not_found()
    if refusal is not None:
        raise refused(refusal, became)


def refused(refusal: Refusal, stands: Incident | None = None) -> Problem:
    """The answer to what was not done."""
    if refusal is Refusal.UNKNOWN_INCIDENT:
        return not_found()
    if refusal in _MISTAKES:
        return Problem(422, refusal.value, _MISTAKES[refusal])
    known: dict[str, Any] = {} if stands is None else {"state": stands.state.value, "version": stands.version}
    return Problem(409, refusal.value, _CONFLICTS.get(refusal, ""), **known)
