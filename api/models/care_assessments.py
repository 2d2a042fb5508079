"""Assessment of ability: the form, the result, and who should be assessed anew."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Hazard, Request
from api.models.words import Instant, Line, Moment, Named, Text

RiskKind = Literal["fall", "lost", "choking", "self_harm", "suicide_attempt"]


class Item(BaseModel):
    """One question; `most` points are full ability."""

    key: str
    zh: str
    en: str
    most: int


class Part(BaseModel):
    """Items that are summed together."""

    key: str
    zh: str
    en: str
    most: int
    items: list[Item]


class GradeOf(BaseModel):
    """A grade begins at `least` points."""

    grade: int
    least: int
    zh: str
    en: str


class Scale(BaseModel):
    """The edition of the table that new assessments are made with."""

    version: str
    source: str
    most: int
    parts: list[Part]
    grades: list[GradeOf]


class Risk(BaseModel):
    """A care-risk event; `source` is the incident that says so."""

    at: Moment
    kind: RiskKind
    source: Annotated[Line, Field(max_length=60)] = ""


class Health(BaseModel):
    """What counts beside the items."""

    coma: bool = False
    dementia: bool = False
    mental_disorder: bool = False
    risk_events: list[Risk] = Field(default=[], max_length=50)


class NewAssessment(BaseModel):
    """A filled form: points by item."""

    at: Moment | None = None
    answers: dict[Annotated[str, Field(max_length=40)], int] = Field(max_length=60)
    health: Health = Health()
    assessors: Annotated[Line, Field(max_length=120)] = ""
    hazards: list[Hazard] = Field(default=[], max_length=20)
    request: Request | None = None


class Assessment(BaseModel):
    """The result; `changes` say why the grade differs from the points."""

    id: int | None
    at: Instant
    scale: str
    total: int
    points: dict[str, int]
    preliminary: int
    grade: int
    grade_text: Text
    changes: list[str]
    texts: list[Text]
    assessors: str = ""
    by: Named | None = None
    answers: dict[str, int] = {}
    adaptations: list[int] = []


class Assessments(BaseModel):
    """The latest first."""

    items: list[Assessment]


class RiskOut(BaseModel):
    """A confirmed fall or loss of the last 30 days."""

    at: Instant
    kind: str
    incident_id: str


class Risks(BaseModel):
    """The oldest first."""

    items: list[RiskOut]


class Proposed(BaseModel):
    """Somebody who should be assessed anew, with the evidence."""

    resident: Named
    station: Named
    events: list[RiskOut]
    assessed_at: Instant | None


class ProposedList(BaseModel):
    """Those with the latest event first."""

    items: list[Proposed]
