"""Doing something about an incident: the alerts package decides, in a thread, on a connection of its own."""

from uuid import UUID

from anyio.to_thread import run_sync
from psycopg import Connection
from psycopg_pool import ConnectionPool

from alerts import actions
from alerts.incident import Incident
from alerts.lifecycle import Action, Refusal
from api.problems import Problem, not_found

_MISTAKES = {
    Refusal.OUTCOME_NEEDED: "say how it ended",
    Refusal.NOTE_NEEDED: "say what to note",
    Refusal.UNKNOWN_ACTION: "there is no such action",
}


def _act(
    pool: ConnectionPool[Connection], incident: UUID, action: Action, now: int
) -> tuple[Incident | None, Refusal | None]:
    with pool.connection() as conn:
        return actions.act(conn, incident, action, now)


async def act(pool: ConnectionPool[Connection], incident: UUID, action: Action, now: int) -> None:
    """Carry `action` out at `now` (Unix microseconds); whoever calls has looked at the scope.

    Problem 409 "illegal-transition" or "lost-race" with the `state` and `version` that stand, 422 when
    something is missing.
    """
    became, refusal = await run_sync(_act, pool, incident, action, now)
    if became is None:
        raise not_found()
    if refusal is None:
        return
    if refusal in _MISTAKES:
        raise Problem(422, refusal.value, _MISTAKES[refusal])
    raise Problem(409, refusal.value, state=became.state.value, version=became.version)
