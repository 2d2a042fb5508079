"""Hazards in homes, and how they are put right."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Hazard, HomeShort, Note
from api.models.words import Day, Instant, Key, Named, Text

TaskState = Literal["open", "planned", "done", "checked", "dropped"]
TaskAction = Literal["plan", "do", "check", "redo", "drop"]


class HazardKind(BaseModel):
    """A word for a hazard."""

    kind: str
    text: Text


class HazardKinds(BaseModel):
    """All of them."""

    items: list[HazardKind]


class NewTask(Hazard):
    """A hazard in somebody's home."""

    resident_id: Key


class TaskEvent(BaseModel):
    """One step."""

    at: Instant
    kind: str
    by: Named | None
    data: dict[str, Any]


class Task(BaseModel):
    """A task as it stands; its photos have the subject `adaptation:<id>`."""

    id: int
    version: int
    resident: Named
    home: HomeShort | None
    station: Named
    kind: str
    text: Text
    room: str
    note: str
    source: str = Field(examples=["visit:4"])
    opened_at: Instant
    opened_by: Named | None
    state: TaskState
    state_since: Instant
    planned_for: Day | None
    done_at: Instant | None
    done_by: Named | None
    allowed: list[TaskAction]


class TaskFull(Task):
    """With its steps."""

    events: list[TaskEvent]


class Tasks(BaseModel):
    """The latest first."""

    items: list[Task]
    next: str | None


class ActOnTask(BaseModel):
    """A step; with `version` who comes second is told so."""

    action: TaskAction
    version: int | None = Field(None, ge=1)
    note: Note = ""
    planned_for: Day | None = None
