"""/system: how the parts are, for operators and administrators."""

from datetime import timedelta

from fastapi import APIRouter

from api.guard import Signed
from api.models.desk import Ingest, Part, System
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.store import system

router = APIRouter(prefix="/system", tags=["system"])

_SILENT_S = 120  # real seconds without a batch after which ingest is called silent
_LATE_S = 10  # real seconds after which an engine should have acted


def _ingest(parts: Parts, row: Row) -> Part:
    last = row["last_batch_at"]
    if last is None:
        return Part(name="ingest", ok=row["workers"] > 0, detail="nothing has arrived yet")
    silent_s = parts.clock.sleep_s((parts.now - last).total_seconds())
    detail = f"last batch {silent_s:.0f} s ago, {row['queued']} queued"
    return Part(name="ingest", ok=silent_s < _SILENT_S, detail=detail)


def _alerts(row: Row) -> Part:
    ok = not (row["waiting"] or row["overdue"] or row["unsent"])
    detail = f"{row['waiting']} findings waiting, {row['overdue']} steps overdue, {row['unsent']} unsent"
    return Part(name="alerts", ok=ok, detail=detail)


def _late(parts: Parts) -> timedelta:
    """The span of the care's clock in which `_LATE_S` real seconds pass."""
    a_second = parts.clock.sleep_s(1.0) or 1.0
    return timedelta(seconds=_LATE_S / a_second)


@router.get("")
async def read(caller: Signed, parts: Needs) -> System:
    """What works and what does not, and the figures of ingest."""
    caller.scope(Action.SEE_SYSTEM)
    async with parts.pool.connection() as conn:
        incoming = await system.ingest(conn, parts.now)
        due = await system.alerts(conn, parts.now - _late(parts))
    live = parts.hub is not None and parts.hub.fresh
    sockets = parts.hub.count if parts.hub is not None else 0
    return System(
        parts=[
            Part(name="database", ok=True, detail="answers"),
            _ingest(parts, incoming),
            _alerts(due),
            Part(name="live", ok=live, detail=f"{sockets} connected"),
        ],
        ingest=Ingest(
            received_total=incoming["received_total"],
            quarantined_total=incoming["quarantined_total"],
            last_batch_at=incoming["last_batch_at"],
            lag_ms=incoming["lag_ms"],
        ),
    )
