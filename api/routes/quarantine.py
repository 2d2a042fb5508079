"""/quarantine: messages that could not be understood, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import paging
from api.guard import Signed
from api.models.desk import Quarantine, Quarantined, ReasonCount
from api.paging import Cursor, Limit
from api.parts import Needs, Row
from api.policy import Action
from api.store import quarantine
from core.instant import from_datetime

router = APIRouter(prefix="/quarantine", tags=["quarantine"])


def _preview(data: bytes) -> str:
    # Bytes of a stranger: whatever is not plain ASCII is spelled out, so that nothing poses as another.
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in data)


def _shown(row: Row) -> Quarantined:
    return Quarantined(**{**row, "preview": _preview(bytes(row["preview"]))})


@router.get("")
async def read(
    caller: Signed,
    parts: Needs,
    reason: Annotated[str | None, Query(max_length=60, pattern=r"^[\w-]*$")] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Quarantine:
    """The latest first, with the totals by reason."""
    scope = caller.scope(Action.SEE_QUARANTINE)
    key = paging.decode(cursor, [int, int])
    after = (paging.moment(key[0]), key[1]) if key else None
    async with parts.pool.connection() as conn:
        rows = await quarantine.page(conn, scope, limit + 1, reason or None, after)
        counts = await quarantine.counts(conn, scope)
    kept, following = paging.page(rows, limit, lambda row: [from_datetime(row["last_at"]), row["id"]])
    return Quarantine(
        items=[_shown(row) for row in kept],
        next=following,
        counts=[ReasonCount(**row) for row in counts],
    )
