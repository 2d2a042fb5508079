"""/care/residents/{resident}: a copy of everything, and being forgotten."""

import json
from datetime import timedelta
from typing import IO, Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Response
from psycopg import Connection
from starlette.responses import StreamingResponse

from api import caring, handing_out, lease, pace
from api.caring import work
from api.guard import Caller, Fresh, Signed
from api.models.care_rights import Erasure, ErasureWish
from api.models.words import KeyPath
from api.parts import Needs, Parts, Row
from api.policy import Action
from care.rights import everything
from care.store import erasure

router = APIRouter(
    prefix="/care/residents/{resident}",
    tags=["care: rights"],
    dependencies=[Depends(pace.limited("care-rights", per_minute=12))],
)

_PAPER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
        "description": "the certificate",
    }
}


@router.get("/everything", responses=handing_out.ZIP, response_class=StreamingResponse)
async def read_everything(resident: KeyPath, caller: Fresh, parts: Needs) -> StreamingResponse:
    """All that is held about one person, as a ZIP: CSV, JSON, FHIR R4, pictures, who looked, and a guide."""
    await caring.look(parts, caller, resident, Action.EXPORT)
    caring.because("a copy of everything, PIPL art. 45")

    def write(conn: Connection[Any], out: IO[bytes]) -> None:
        everything.write(conn, resident, parts.now, out)

    return await handing_out.archive(parts, write, f"everything-{resident}.zip")


@router.post("/erasure", status_code=201)
async def request(resident: KeyPath, wish: ErasureWish, caller: Fresh, parts: Needs) -> Erasure:
    """Ask that somebody who has left be forgotten; done at the earliest when the waiting time is over."""
    account = await _may(caller, parts, resident)
    wait = timedelta(days=parts.own.erasure_days)
    await work(parts, erasure.request, resident, wish.ground, wait, parts.now, account)
    return await _order(parts, resident)


@router.get("/erasure")
async def read(resident: KeyPath, caller: Signed, parts: Needs) -> Erasure:
    """The order that stands; 404 without one."""
    await _may(caller, parts, resident)
    return await _order(parts, resident)


@router.post("/erasure/agree")
async def agree(resident: KeyPath, caller: Fresh, parts: Needs) -> Erasure:
    """A second administrator agrees: it may be carried out at once."""
    account = await _may(caller, parts, resident)
    await work(parts, erasure.agree, resident, parts.now, account)
    return await _order(parts, resident)


@router.post("/erasure/drop", status_code=204)
async def drop(resident: KeyPath, caller: Fresh, parts: Needs) -> None:
    """It is not to be."""
    account = await _may(caller, parts, resident)
    await work(parts, erasure.drop, resident, parts.now, account)


@router.post("/erasure/carry-out")
async def carry_out(resident: KeyPath, caller: Fresh, parts: Needs) -> Erasure:
    """Forget them: nothing brings it back. The hash of the certificate goes into the audit's chain."""
    account = await _may(caller, parts, resident)
    with lease.borrowed(lease.HOUSE):
        await work(parts, erasure.carry_out, resident, parts.now, account)
        await work(parts, erasure.destroy_keys, parts.now)
        done = await work(parts, erasure.of_resident, resident)
    caring.because(f"erasure {done['id']}, certificate sha256 {erasure.digest(erasure.certificate(done))}")
    return _shown(done)


@router.get("/erasure/certificate", responses=_PAPER, response_class=Response)
async def read_certificate(
    resident: KeyPath,
    caller: Signed,
    parts: Needs,
    format: Annotated[Literal["json", "pdf"], Query()] = "json",  # noqa: A002 - the word of the address
    language: Annotated[Literal["zh", "en"], Query()] = "zh",
) -> Response:
    """Table by table what was removed, what is kept and why, and the key that is destroyed.

    As JSON it is byte for byte what was hashed; as PDF it is for people, and bears that hash.
    """
    person = await caring.look(parts, caller, resident, Action.ERASE)
    paper = await work(parts, _paper, resident)
    if format == "pdf":
        from care.rights import certificate  # noqa: PLC0415 - its library takes a second to load

        made = await run_sync(certificate.pdf, paper, erasure.digest(paper), language, person["time_zone"])
        return Response(made, media_type="application/pdf", headers={"Cache-Control": "no-store"})
    plain = json.dumps(paper, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Response(plain, media_type="application/json")


def _paper(conn: Connection[Any], resident: int) -> dict[str, Any]:
    return erasure.certificate(erasure.of_resident(conn, resident))


async def _may(caller: Caller, parts: Parts, resident: int) -> int:
    await caring.look(parts, caller, resident, Action.ERASE)
    return caller.session.account


async def _order(parts: Parts, resident: int) -> Erasure:
    return _shown(await work(parts, erasure.of_resident, resident))


def _shown(row: Row) -> Erasure:
    known = {name: row[name] for name in Erasure.model_fields if name in row}
    names = {
        name: row[f"{name.removesuffix('_by')}_name"] for name in ("requested_by", "agreed_by", "done_by")
    }
    sha = erasure.digest(erasure.certificate(row)) if row["keys_destroyed_at"] else None
    return Erasure(**known | names, sha256=sha)
