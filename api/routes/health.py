"""/health and /ready: for supervisors and load balancers, without a session and without details."""

import asyncio
from typing import Literal
from weakref import WeakKeyDictionary

from fastapi import APIRouter
from pydantic import BaseModel

from api.parts import Needs, Pool
from api.problems import Problem, of_database
from api.store import system

router = APIRouter(tags=["health"])

_PATIENCE_S = 2.5  # who asks gives up soon, and takes silence for a network that is slow
_asked: WeakKeyDictionary[Pool, asyncio.Task[bool]] = WeakKeyDictionary()


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


@router.get("/health")
async def health() -> Alive:
    """Whether this process runs; says nothing about the database."""
    return Alive()


@router.get("/ready")
async def ready(parts: Needs) -> Alive:
    """Whether requests can be served: the database answers and its schema is current; 503 otherwise."""
    try:
        current = await _current(parts.pool)
    except Exception as error:
        problem = of_database(error)
        if problem is None:
            raise
        raise problem from error
    if not current:
        raise Problem(503, "migrations-pending")
    return Alive()


async def _current(pool: Pool) -> bool:
    """The same as system.current, and 503 when a database that hangs says nothing: it is asked once, however
    often we are, and its answer waited for by whoever asks next."""
    task = _asked.get(pool)
    if task is None or task.done():
        task = _asked[pool] = asyncio.create_task(system.current(pool))
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    done, _ = await asyncio.wait({task}, timeout=_PATIENCE_S)
    if not done:
        raise Problem(503, "database-unavailable", headers={"Retry-After": "2"})
    return task.result()
