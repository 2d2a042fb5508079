"""/export: measurements and incidents as long tables; who takes them out has proved who they are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from psycopg import Connection
from starlette.responses import StreamingResponse

from api import caring, files, pace
from api.caring import work
from api.guard import Caller, Fresh
from api.models.words import InstantQuery, KeyQuery
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem
from care.export import table
from care.store import organisation, takeout
from core.quantity import BY_NAME

router = APIRouter(
    prefix="/export", tags=["exports"], dependencies=[Depends(pace.limited("export", per_minute=6))]
)

Form = Annotated[Literal["csv", "parquet"], Query(alias="format")]
Since = Annotated[InstantQuery, Query(alias="from", description="a day before `to` unless told")]
Until = Annotated[InstantQuery, Query(alias="to", description="now unless told")]
_LONGEST = timedelta(days=366)
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}, "application/vnd.apache.parquet": {}}, "description": "the file"}
}


@router.get("/readings", responses=_FILES, response_class=StreamingResponse)
async def readings(
    caller: Fresh,
    parts: Needs,
    station: KeyQuery = None,
    since: Since = None,
    until: Until = None,
    metric: Annotated[list[str] | None, Query(max_length=50, description="only these")] = None,
    form: Form = "csv",
) -> StreamingResponse:
    """What devices measured, a row a value, in no order; docs/data-out.md says what the columns are."""
    unknown = [name for name in metric or () if name not in BY_NAME]
    if unknown:
        raise Problem(422, "unknown-metric", "there is no such metric")
    wanted = None if metric is None else [BY_NAME[name].id for name in metric]
    return await _file(parts, caller, takeout.READINGS, station, _span(parts, since, until), wanted, form)


@router.get("/incidents", responses=_FILES, response_class=StreamingResponse)
async def incidents(
    caller: Fresh,
    parts: Needs,
    station: KeyQuery = None,
    since: Since = None,
    until: Until = None,
    form: Form = "csv",
) -> StreamingResponse:
    """Incidents that began then, with how long each step took; rehearsals are marked."""
    return await _file(parts, caller, takeout.INCIDENTS, station, _span(parts, since, until), None, form)


def _span(parts: Parts, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    last = until or parts.now
    first = since or last - timedelta(days=1)
    if last - first > _LONGEST:
        raise Problem(422, "span-too-long", "at most 366 days at once")
    return first, last


async def _file(
    parts: Parts,
    caller: Caller,
    what: takeout.Table,
    station: int | None,
    span: tuple[datetime, datetime],
    metrics: Sequence[int] | None,
    form: Literal["csv", "parquet"],
) -> StreamingResponse:
    paths, _ = await work(parts, organisation.narrowed, caller.scope(Action.EXPORT).paths, station)
    whose: set[int] = set()

    def write(conn: Connection[Any], out: IO[bytes]) -> None:
        rows = takeout.stretches(conn, what, paths, *span, metrics, whose.update)
        table.write(out, form, what.shape, rows)  # type: ignore[arg-type]  # a temporary file is a binary one

    name = f"{what.statement}-{span[0]:%Y%m%d}-{span[1]:%Y%m%d}.{form}"
    answer = await files.sent(parts, write, name, table.MEDIA_TYPES[form])
    caring.shown(whose)
    return answer
