"""Sheets of people on their way in."""

from typing import Literal

from pydantic import BaseModel

from api.models.words import Instant, Text


class Intake(BaseModel):
    """A sheet: looked at (`ready`), then accepted and taken in (`done`). `done` counts people so far."""

    id: int
    name: str
    state: Literal["checking", "ready", "accepting", "done", "failed", "dropped"]
    at: Instant
    state_since: Instant
    rows: int
    people: int
    problems: int
    done: int
    ignored: list[str]
    why: str


class Intakes(BaseModel):
    """One's own, the latest first."""

    items: list[Intake]


class Problem(BaseModel):
    """Where a cell is wrong, and why."""

    n: int
    line: int
    column: str
    text: Text


class Problems(BaseModel):
    """In the order of the sheet."""

    items: list[Problem]
    next: str | None


class Column(BaseModel):
    """What a column may be headed."""

    column: str
    headings: list[str]


class Columns(BaseModel):
    """`name` and `station` are needed."""

    items: list[Column]
