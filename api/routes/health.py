"""/health and /ready: for supervisors and load balancers, without a session and without details."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.parts import Needs
from api.problems import Problem, of_database
from api.store import system

router = APIRouter(tags=["health"])


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
        current = await system.current(parts.pool)
    except Exception as error:
        problem = of_database(error)
        if problem is None:
            raise
        raise problem from error
    if not current:
        raise Problem(503, "migrations-pending")
    return Alive()
