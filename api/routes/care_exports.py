"""/care/export: people, figures and settlements as files; who takes them out has proved who they are."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import IO, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from psycopg import Connection
from starlette.responses import StreamingResponse

from alerts import figures as answers
from api import caring, files, pace
from api.acting import in_thread
from api.caring import work
from api.guard import Fresh
from api.models.care_words import DayQuery, Month, Sheet
from api.models.words import KeyQuery, Language
from api.parts import Needs, Parts
from api.policy import Action
from api.routes.care_coverage import midnight
from api.routes.care_figures import Period, counted
from api.routes.care_menu import settled
from care.export import figures, table
from care.export.table import Cell, Column
from care.store import exports, organisation
from core import messages
from core.instant import from_datetime

router = APIRouter(
    prefix="/care/export",
    tags=["care: files"],
    dependencies=[Depends(pace.limited("care-export", per_minute=12))],
)

Stretches = Iterator[Sequence[Sequence[Cell]]]
_ANY: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {name.partition(";")[0]: {} for name in table.MEDIA_TYPES.values()},
        "description": "the file",
    }
}
_OR_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {**_ANY[200]["content"], "application/pdf": {}}, "description": "the file"}
}


@router.get("/residents", responses=_ANY, response_class=StreamingResponse)
async def people(
    caller: Fresh,
    parts: Needs,
    station: KeyQuery = None,
    form: Annotated[Sheet, Query(alias="format")] = "csv",
    whole: Annotated[bool, Query(description="numbers unmasked")] = False,
    language: Annotated[Language, Query()] = "zh",
) -> StreamingResponse:
    """Everybody in our care, with the headings that an intake reads. Numbers are masked unless `whole`."""
    scope, now = caller.scope(Action.EXPORT), parts.now
    paths, _ = await work(parts, organisation.narrowed, scope.paths, station)
    columns = exports.columns(language)
    whom: list[int] = []

    def write(conn: Connection[Any], out: IO[bytes]) -> None:
        found = exports.people(conn, paths, now, whole=whole, told=whom.extend)
        table.write(out, form, columns, found)  # type: ignore[arg-type]  # a temporary file is a binary one

    answer = await _sent(parts, write, "residents", form)
    caring.shown(whom)
    return answer


@router.get("/settlement", responses=_ANY, response_class=StreamingResponse)
async def settlement(
    caller: Fresh,
    parts: Needs,
    station: KeyQuery = None,
    month: Month = None,
    form: Annotated[Sheet, Query(alias="format")] = "csv",
) -> StreamingResponse:
    """What each provider is owed for a month; the last row sums up, and is the ledger's own sum."""
    found = await settled(caller, parts, station, month)
    words = ("name", "station")
    counts = ("done", "taken_back", "owed_fen", "subsidy_fen", "residents_fen")
    columns = [*(Column(w, w) for w in words), *(Column(c, c, "whole") for c in counts)]
    rows: list[list[Cell]] = [
        [*(getattr(one, w) for w in words), *(getattr(one, c) for c in counts)] for one in found.items
    ]
    rows.append(["total", "", *(getattr(found.total, c) for c in counts)])
    return await _sent(parts, _table(form, columns, rows), f"settlement-{found.month}", form)


@router.get("/statistics", responses=_OR_PAGE, response_class=StreamingResponse)
async def statistics(
    caller: Fresh,
    parts: Needs,
    station: KeyQuery = None,
    since: Annotated[DayQuery, Query(alias="from")] = None,
    until: Annotated[DayQuery, Query(alias="to")] = None,
    form: Annotated[Literal["csv", "xlsx", "parquet", "pdf"], Query(alias="format")] = "csv",
    language: Annotated[Language, Query()] = "zh",
) -> StreamingResponse:
    """The figures as one long table, or as a page to print."""
    found = await counted(caller, parts, station, since, until, Action.EXPORT)
    name = f"figures-{found.first}-{found.last}"
    if form == "pdf":
        answered = await _answered(parts, found, station)
        return await _sent(parts, _page(parts, found, answered, language), name, form)
    rows = figures.rows(found.figures, found.coverage, found.month, language)
    return await _sent(parts, _table(form, figures.COLUMNS, rows), name, form)


def _table(
    form: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> Callable[[Connection[Any], IO[bytes]], None]:
    return lambda conn, out: table.write(out, form, columns, iter([rows]))  # type: ignore[arg-type]


def _page(
    parts: Parts, found: Period, answered: Sequence[tuple[str, str]], language: str
) -> Callable[[Connection[Any], IO[bytes]], None]:
    from care.export import page  # noqa: PLC0415 - its library takes a second to load

    station = found.station.name if found.station else ""
    sheet = page.Sheet(
        station, found.first, found.last, parts.now, found.zone, found.figures, found.coverage, found.month,
        answered,
    )  # fmt: skip

    def write(conn: Connection[Any], out: IO[bytes]) -> None:
        out.write(page.pdf(sheet, language))

    return write


async def _answered(parts: Parts, found: Period, station: int | None) -> list[tuple[str, str]]:
    """How quickly incidents of the period were acknowledged and arrived at: median and 99 of 100."""
    start = from_datetime(midnight(found.first, found.zone))
    end = from_datetime(midnight(found.last + timedelta(days=1), found.zone))
    tops = (
        [station]
        if station
        else [None if path == "" else int(path.rsplit(".", 1)[-1]) for path in found.paths]
    )
    said = []
    for top in tops:
        times = (await in_thread(parts, answers.station, top, start, end)).get("times", {}).get("all", {})
        for step, row in times.items():
            seconds = " / ".join(_seconds(row[name]) for name in ("p50_s", "p99_s"))
            said.append((f"{step} (n={row['n']}, p50 / p99)", seconds))
    return said


def _seconds(value: float | None) -> str:
    return "-" if value is None else messages.duration(value, "en")


async def _sent(
    parts: Parts, write: Callable[[Connection[Any], IO[bytes]], None], name: str, form: str
) -> StreamingResponse:
    media = table.MEDIA_TYPES.get(form, "application/pdf")  # type: ignore[call-overload]
    return await files.sent(parts, write, f"{name}.{form}", media)
