"""The hand-over for ambulance, doctor or hospital: a page, or FHIR R4."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from psycopg import Connection

from api import caring
from api.caring import work
from api.consenting import agreed, in_danger
from api.guard import Caller, Signed, fresh
from api.models.words import KeyPath, Language
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import not_found
from api.store import incidents
from care.handover.facts import Handover
from care.store import handover

router = APIRouter(prefix="/care", tags=["care: hand-over"])

Format = Annotated[Literal["pdf", "fhir"], Query()]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}, "application/fhir+json": {}}, "description": "the hand-over"}
}


@router.get("/residents/{resident}/handover", responses=_FILES, response_class=Response)
async def of_resident(
    resident: KeyPath,
    caller: Signed,
    parts: Needs,
    format: Format = "pdf",  # noqa: A002 - the word of the address
    language: Annotated[Language, Query()] = "zh",
    incident: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Who, what happened, the last day, whom to call; about `incident`, or the latest open one. 403
    `confirm-again` while nobody is in danger."""
    await _taken_out(parts, caller, resident)
    return await _file(parts, resident, incident, format, language)


@router.get("/incidents/{incident}/handover", responses=_FILES, response_class=Response)
async def of_incident(
    incident: UUID,
    caller: Signed,
    parts: Needs,
    format: Format = "pdf",  # noqa: A002
    language: Annotated[Language, Query()] = "zh",
) -> Response:
    """The same from an incident that is about somebody."""
    resident = await _about(parts, caller, incident)
    await _taken_out(parts, caller, resident)
    return await _file(parts, resident, incident, format, language)


async def _taken_out(parts: Parts, caller: Caller, resident: int) -> None:
    """The caller may, the person agrees, and it is still the caller; an ambulance waits for no password."""
    await caring.look(parts, caller, resident, Action.SEE_CONTACTS)
    await agreed(parts, resident, "handover")
    if not await in_danger(parts, resident):
        await fresh(caller, parts)


async def _about(parts: Parts, caller: Caller, incident: UUID) -> int:
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, caller.scope(Action.SEE_CONTACTS), incident)
    if row is None or (row["resident_id"] is None and len(row["subjects"]) != 1):
        raise not_found()
    return int(row["resident_id"] or row["subjects"][0])


async def _file(parts: Parts, resident: int, incident: UUID | None, form: str, language: str) -> Response:
    caring.shown([resident])
    facts = await work(parts, _gather, resident, parts.now, incident)
    content = await to_thread.run_sync(_rendered, facts, form, language)
    media, ending = ("application/pdf", "pdf") if form == "pdf" else ("application/fhir+json", "json")
    disposition = f'inline; filename="handover-{resident}.{ending}"'
    return Response(content, media_type=media, headers={"Content-Disposition": disposition})


def _gather(conn: Connection[Any], resident: int, now: datetime, incident: UUID | None) -> Handover:
    return handover.gather(conn, resident, now, incident)


def _rendered(facts: Handover, form: str, language: str) -> bytes:
    from care.handover import fhir, page  # noqa: PLC0415 - their libraries take a second to load

    return page.pdf(facts, language) if form == "pdf" else fhir.bundle(facts).encode()
