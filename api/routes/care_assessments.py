"""/care/scale and assessments: the form, the grade with its reasons, and who should be assessed anew."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg import Connection

from api import caring
from api.caring import work
from api.guard import Signed
from api.models.care_assessments import (
    Assessment,
    Assessments,
    GradeOf,
    Item,
    NewAssessment,
    Part,
    Proposed,
    ProposedList,
    RiskOut,
    Risks,
    Scale,
)
from api.models.words import KeyPath, KeyQuery, Named, Text
from api.parts import Needs, Row
from api.policy import Action
from api.problems import Problem
from care.assessment import grading, scale
from care.assessment.grading import AssessmentError, Graded, Health, RiskEvent
from care.store import adaptation, assessments, organisation, record, visiting
from care.store.adaptation import Found as Hazard
from core.instant import from_datetime, to_datetime

router = APIRouter(prefix="/care", tags=["care: assessments"])


@router.get("/scale")
async def read_scale(caller: Signed) -> Scale:
    """The table of items of GB/T 42195-2022."""
    caller.scope(Action.SEE_CARE)
    table = scale.current()
    return Scale(
        version=table.version,
        source=table.source,
        most=table.most,
        parts=[
            Part(
                key=p.key, zh=p.zh, en=p.en, most=p.most,
                items=[Item(key=i.key, zh=i.zh, en=i.en, most=i.most) for i in p.items],
            )
            for p in table.parts
        ],
        grades=[GradeOf(grade=g.grade, least=g.least, zh=g.zh, en=g.en) for g in table.grades],
    )  # fmt: skip


@router.post("/residents/{resident}/assessments", status_code=201)
async def assess(
    resident: KeyPath,
    wish: NewAssessment,
    caller: Signed,
    parts: Needs,
    preview: Annotated[bool, Query(description="only say the grade; nothing is written")] = False,
) -> Assessment:
    """Grade a filled form and keep it; the grade in force and the category follow. 422 `incomplete` with
    `problems` by item."""
    await caring.look(parts, caller, resident, Action.ASSESS)
    at, account = wish.at or parts.now, caller.session.account
    if at > parts.now + timedelta(minutes=5):
        raise Problem(422, "not-possible", "an assessment is written down after it was made")
    health = _health(wish)
    try:
        graded = grading.grade(scale.current(), wish.answers, health, from_datetime(at))
    except AssessmentError as error:
        raise Problem(422, "incomplete", "the form is not filled in", problems=error.problems) from error
    said = _graded(graded) | {"at": at, "scale": scale.current().version, "assessors": wish.assessors}
    if preview:
        return Assessment(id=None, **said)

    def keep(conn: Connection[Any]) -> tuple[int, list[int]]:
        with conn.transaction():
            key, new = assessments.once(
                conn, wish.request, resident, wish.answers, health, at, parts.now, wish.assessors, account
            )
            if not new:
                return key, []
            record.follow_grade(conn, resident, parts.now, account)
            hazards = [Hazard(one.kind, one.room, one.note) for one in wish.hazards]
            source = f"assessment:{key}"
            return key, adaptation.open_(conn, resident, hazards, source, parts.now, account)

    key, tasks = await work(parts, keep)
    return Assessment(id=key, **said, answers=wish.answers, adaptations=tasks)


@router.get("/residents/{resident}/assessments")
async def read_all(resident: KeyPath, caller: Signed, parts: Needs) -> Assessments:
    """Every assessment, the latest first; none is ever changed."""
    await caring.look(parts, caller, resident, Action.SEE_CARE)
    rows = await work(parts, assessments.of_resident, resident)
    return Assessments(items=[_kept(row) for row in rows])


@router.get("/residents/{resident}/risk-events")
async def read_risks(resident: KeyPath, caller: Signed, parts: Needs) -> Risks:
    """Confirmed falls and losses of the last 30 days: for the form."""
    await caring.look(parts, caller, resident, Action.SEE_CARE)
    events = await work(parts, assessments.risks_of, resident, parts.now)
    return Risks(items=[_risk(event) for event in events])


@router.get("/assessments/proposed")
async def read_proposed(caller: Signed, parts: Needs, station: KeyQuery = None) -> ProposedList:
    """Who should be assessed anew by the 30-day rule, with the incidents that say so."""
    scope = caller.scope(Action.SEE_CARE)
    paths, _ = await work(parts, organisation.narrowed, scope.paths, station)
    found = await work(parts, assessments.due, paths, parts.now)
    known = await work(parts, visiting.whom, list(found), parts.now)
    last = await work(parts, assessments.last, list(found))
    caring.shown(found)
    items = [
        Proposed(
            resident=Named(id=key, name=known[key]["name"]),
            station=Named(id=known[key]["station_id"], name=known[key]["station_name"]),
            events=[_risk(event) for event in events],
            assessed_at=None if key not in last else to_datetime(last[key]),
        )
        for key, events in found.items()
        if key in known
    ]
    return ProposedList(items=sorted(items, key=lambda one: one.events[-1].at, reverse=True))


def _health(wish: NewAssessment) -> Health:
    events = (RiskEvent(from_datetime(one.at), one.kind, one.source) for one in wish.health.risk_events)
    said = wish.health
    return Health(said.coma, said.dementia, said.mental_disorder, tuple(events))


def _risk(event: RiskEvent) -> RiskOut:
    return RiskOut(at=to_datetime(event.at), kind=event.kind, incident_id=event.source)


def _graded(graded: Graded) -> Row:
    changes = [str(change) for change in graded.changes]
    return {
        "total": graded.total,
        "points": dict(graded.points),
        "preliminary": graded.preliminary,
        **_words(graded.grade, changes),
    }


def _words(grade: int, changes: list[str]) -> Row:
    return {
        "grade": grade,
        "grade_text": Text(**caring.both(f"grade.{grade}")),
        "changes": changes,
        "texts": [Text(**caring.both(f"grade_change.{change}")) for change in changes],
    }


def _kept(row: Row) -> Assessment:
    answers = row["answers"]
    table = scale.current()
    points = {p.key: sum(answers.get(i.key, 0) for i in p.items) for p in table.parts}
    return Assessment(
        id=row["id"],
        at=row["assessed_at"],
        by=caring.named(row["account_id"], row["account_name"]),
        points=points if row["scale"] == table.version else {},
        **{name: row[name] for name in ("scale", "total", "preliminary", "assessors", "answers")},
        **_words(row["grade"], row["changes"]),
    )
