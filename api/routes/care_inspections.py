"""/care/inspections: the "double random" draw, what was found, and drawing again to check it."""

from fastapi import APIRouter

from api import caring
from api.caring import work
from api.guard import Signed
from api.models.care_inspections import (
    Announce,
    InspectionFull,
    Inspections,
    InspectionShort,
    InspectionTask,
    Report,
    Verified,
)
from api.models.words import KeyPath, Named
from api.parts import Needs, Parts, Row
from api.policy import Action
from care.inspection import seal
from care.store import inspections, organisation

router = APIRouter(prefix="/care/inspections", tags=["care: inspections"])


@router.get("")
async def read_all(caller: Signed, parts: Needs) -> Inspections:
    """Inspections of one's stations, the latest first."""
    rows = await work(parts, inspections.page, caller.scope(Action.SEE_RULES).paths)
    return Inspections(items=[InspectionShort(**_shown(row)) for row in rows])


@router.post("", status_code=201)
async def announce(wish: Announce, caller: Signed, parts: Needs) -> InspectionFull:
    """Announce it with the seal of its seed; nothing is drawn yet."""
    paths = caller.scope(Action.INSPECT).paths
    await work(parts, organisation.one, paths, wish.station_id)
    key = await work(
        parts, inspections.announce, wish.station_id, wish.subjects, wish.number, wish.each, parts.now,
        caller.session.account,
    )  # fmt: skip
    return await _full(parts, paths, key)


@router.get("/{inspection}")
async def read(inspection: KeyPath, caller: Signed, parts: Needs) -> InspectionFull:
    """An inspection with what was drawn."""
    return await _full(parts, caller.scope(Action.SEE_RULES).paths, inspection)


@router.post("/{inspection}/draw")
async def draw(inspection: KeyPath, caller: Signed, parts: Needs) -> InspectionFull:
    """Draw from the lists of this moment, which are kept; once. 422 `not-possible` when too few may go."""
    paths = caller.scope(Action.INSPECT).paths
    await work(parts, inspections.one, paths, inspection)
    await work(parts, inspections.draw_now, inspection, parts.now, caller.session.account)
    return await _full(parts, paths, inspection)


@router.post("/{inspection}/tasks/{task}/result")
async def report(
    inspection: KeyPath, task: KeyPath, wish: Report, caller: Signed, parts: Needs
) -> InspectionFull:
    """What was found: by who was drawn for it, once. 409 `conflict` else."""
    paths = caller.scope(Action.SEE_RULES).paths
    await work(parts, inspections.one, paths, inspection)
    account = caller.session.account
    await work(parts, inspections.report, inspection, task, wish.result, wish.note, parts.now, account)
    return await _full(parts, paths, inspection)


@router.get("/{inspection}/verify")
async def verify(inspection: KeyPath, caller: Signed, parts: Needs) -> Verified:
    """Draw again from what was kept: it must give the same."""
    row = await work(parts, inspections.one, caller.scope(Action.SEE_RULES).paths, inspection)
    return Verified(same=await work(parts, inspections.verify, row))


async def _full(parts: Parts, paths: tuple[str, ...], inspection: int) -> InspectionFull:
    row = await work(parts, inspections.one, paths, inspection)
    tasks = [
        InspectionTask(
            **{name: task[name] for name in ("id", "result", "note", "at")},
            subject=Named(id=int(task["subject"]), name=task["subject_name"]),
            inspectors=[Named(id=one, name=row["names"].get(one, "")) for one in task["inspectors"]],
            by=caring.named(task["account_id"], task["account_name"]),
        )
        for task in row["tasks"]
    ]
    return InspectionFull(**_shown(row), tasks=tasks)


def _shown(row: Row) -> Row:
    return {
        **{name: row[name] for name in ("id", "number", "each", "announced_at", "drawn_at")},
        "seal": seal(row["seed"]),
        "seed": None if row["drawn_at"] is None else row["seed"],
        "subjects": row["kind"],
        "station": Named(id=row["station_id"], name=row["station_name"]),
        "announced_by": caring.named(row["announced_by"], row["announced_name"]),
    }
