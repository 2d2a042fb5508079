"""/care/adaptations: hazards found in homes, planned, put right, and checked by somebody else."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import caring, paging
from api.caring import work
from api.guard import Caller, Signed
from api.models.care_adaptations import (
    ActOnTask,
    HazardKind,
    HazardKinds,
    NewTask,
    Task,
    TaskEvent,
    TaskFull,
    Tasks,
    TaskState,
)
from api.models.words import KeyPath, KeyQuery, Named, Text
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action
from api.problems import Problem
from care.adaptation import lifecycle
from care.adaptation.lifecycle import HAZARDS, Refusal
from care.store import adaptation
from care.store.adaptation import Found

router = APIRouter(prefix="/care", tags=["care: adaptation"])

_CONFLICTS = {Refusal.ILLEGAL_TRANSITION, Refusal.LOST_RACE}
_DESK = frozenset({"plan", "check", "redo", "drop"})


@router.get("/hazards")
async def read_hazards(caller: Signed) -> HazardKinds:
    """The words for what may be wrong in a home."""
    caller.scope(Action.SEE_CARE)
    return HazardKinds(items=[HazardKind(kind=one, text=_text(one)) for one in HAZARDS])


@router.get("/adaptations")
async def read_page(
    caller: Signed,
    parts: Needs,
    station: KeyQuery = None,
    resident: KeyQuery = None,
    state: Annotated[TaskState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> Tasks:
    """Tasks, the latest first."""
    scope, after = caller.scope(Action.SEE_CARE), paging.decode(cursor, [int])
    rows = await work(
        parts, adaptation.page, scope.params, limit + 1, resident=resident, station=station, state=state,
        before=after[0] if after else None,
    )  # fmt: skip
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    caring.shown(caring.ids(kept))
    return Tasks(items=[Task(**_shown(row, caller)) for row in kept], next=following)


@router.post("/adaptations", status_code=201)
async def add(wish: NewTask, caller: Signed, parts: Needs) -> TaskFull:
    """A hazard that somebody noticed. 422 `not-possible` for a word that is no hazard."""
    await caring.look(parts, caller, wish.resident_id, Action.RECORD_VISITS)
    found = [Found(wish.kind, wish.room, wish.note)]
    account = caller.session.account
    keys = await work(parts, adaptation.open_, wish.resident_id, found, "hand", parts.now, account)
    return await _full(parts, caller, keys[0])


@router.get("/adaptations/{task}")
async def read(task: KeyPath, caller: Signed, parts: Needs) -> TaskFull:
    """A task with its steps."""
    return await _full(parts, caller, task)


@router.post("/adaptations/{task}/actions")
async def act(task: KeyPath, wish: ActOnTask, caller: Signed, parts: Needs) -> TaskFull:
    """Take a step: staff put it right; the desk plans it, and somebody who did not do it checks it."""
    scope = caller.scope(Action.SET_CARE if wish.action in _DESK else Action.RECORD_VISITS)
    row = await work(parts, adaptation.one, scope.params, task)
    day = None if wish.planned_for is None else wish.planned_for.isoformat()
    became = await work(
        parts, adaptation.act, task, wish.action, parts.now, caller.session.account, seen=wish.version,
        note=wish.note, day=day,
    )  # fmt: skip
    if isinstance(became, Refusal):
        raise Problem(
            409 if became in _CONFLICTS else 422, became.value, state=row["state"], version=row["version"]
        )
    return await _full(parts, caller, task)


async def _full(parts: Parts, caller: Caller, task: int) -> TaskFull:
    row = await work(parts, adaptation.one, caller.scope(Action.SEE_CARE).params, task)
    caring.shown([row["resident_id"]])
    events = [
        TaskEvent(
            at=e["at"], kind=e["kind"], by=caring.named(e["account_id"], e["account_name"]), data=e["data"]
        )
        for e in row["events"]
    ]
    return TaskFull(**_shown(row, caller), events=events)


def _text(hazard: str) -> Text:
    return Text(**caring.both(f"hazard.{hazard}"))


def _shown(row: Row, caller: Caller) -> Row:
    account = caller.session.account
    desk = bool(caller.may(Action.SET_CARE).paths)
    legal = lifecycle.allowed(adaptation.of_row(row), account)
    as_it_is = (
        "id", "version", "room", "note", "source", "opened_at", "state", "state_since", "planned_for",
        "done_at",
    )  # fmt: skip
    return {
        **{name: row[name] for name in as_it_is},
        "kind": row["hazard"],
        "text": _text(row["hazard"]),
        "resident": Named(id=row["resident_id"], name=row["resident_name"]),
        "station": Named(id=row["station_id"], name=row["station_name"]),
        "home": caring.home(row),
        "opened_by": caring.named(row["opened_by"], row["opened_name"]),
        "done_by": caring.named(row["done_by"], row["done_name"]),
        "allowed": [name for name in legal if desk or name not in _DESK],
    }
