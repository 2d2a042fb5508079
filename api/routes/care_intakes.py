"""/care/intakes: a sheet of people is looked at, every problem shown, and taken in once somebody accepts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api import chores_of_care, paging
from api.caring import work
from api.guard import Signed, still
from api.limits import LARGER
from api.models.care_intakes import Column, Columns, Intake, Intakes, Problem, Problems
from api.models.words import KeyPath, Line, Text
from api.paging import Cursor, Limit
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem as Refused
from care.intake.sheet import HEADINGS
from care.store import intakes
from core import messages

router = APIRouter(prefix="/care/intakes", tags=["care: intake"])

LARGER[("POST", "/api/v1/care/intakes")] = 32 * 1024 * 1024
_CONTENT = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201, openapi_extra=_CONTENT)
async def send(
    request: Request, caller: Signed, parts: Needs, name: Annotated[Line, Query(min_length=1, max_length=120)]
) -> Intake:
    """Send a sheet (CSV or .xlsx, up to 32 MiB) as the body. It is looked at in the background: read it
    again until it is `ready`. Nobody is taken in yet."""
    caller.scope(Action.TAKE_IN)
    content = await request.body()
    caller = await still(request, parts)  # a large sheet is long on its way
    scope, account = caller.scope(Action.TAKE_IN), caller.session.account
    if not content:
        raise Refused(422, "invalid", "the sheet is empty")
    key = await work(parts, intakes.add, account, scope.paths, name, content, parts.now)
    chores_of_care.hurry(parts)
    return await _intake(parts, account, key)


@router.get("")
async def read_all(caller: Signed, parts: Needs) -> Intakes:
    """One's own sheets, the latest first."""
    caller.scope(Action.TAKE_IN)
    rows = await work(parts, intakes.page, caller.session.account)
    return Intakes(items=[Intake(**row) for row in rows])


@router.get("/columns")
async def read_columns(caller: Signed) -> Columns:
    """What a sheet may hold."""
    caller.scope(Action.TAKE_IN)
    return Columns(items=[Column(column=name, headings=list(words)) for name, words in HEADINGS.items()])


@router.get("/{intake}")
async def read(intake: KeyPath, caller: Signed, parts: Needs) -> Intake:
    """How far a sheet is."""
    caller.scope(Action.TAKE_IN)
    return await _intake(parts, caller.session.account, intake)


@router.get("/{intake}/problems")
async def read_problems(
    intake: KeyPath, caller: Signed, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Problems:
    """Every cell that is wrong, and why; the cells themselves are not repeated."""
    caller.scope(Action.TAKE_IN)
    after = paging.decode(cursor, [int])
    await _intake(parts, caller.session.account, intake)
    rows = await work(parts, intakes.problems, intake, limit + 1, after[0] if after else 0)
    kept, following = paging.page(rows, limit, lambda row: [row["n"]])
    items = [
        Problem(
            n=row["n"],
            line=row["line"],
            column=row["cell"],
            text=Text(**messages.both(row["key"], row["params"], "UTC")),
        )
        for row in kept
    ]
    return Problems(items=items, next=following)


@router.post("/{intake}/accept")
async def accept(intake: KeyPath, caller: Signed, parts: Needs) -> Intake:
    """Take in every row without a problem, all or nothing, in the background. 409 `conflict` unless ready."""
    scope, account = caller.scope(Action.TAKE_IN), caller.session.account
    await _intake(parts, account, intake)
    await work(parts, intakes.accept, account, scope.paths, intake, parts.now)
    chores_of_care.hurry(parts)
    return await _intake(parts, account, intake)


@router.delete("/{intake}", status_code=204)
async def drop(intake: KeyPath, caller: Signed, parts: Needs) -> None:
    """Forget the sheet. 409 `conflict` once it is being taken in."""
    caller.scope(Action.TAKE_IN)
    account = caller.session.account
    await _intake(parts, account, intake)
    await work(parts, intakes.drop, account, intake, parts.now)


async def _intake(parts: Parts, account: int, intake: int) -> Intake:
    return Intake(**await work(parts, intakes.one, account, intake))
