"""Words that the models of care share."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, BaseModel, Field

from api.models.words import Day, Line, Lines

Category = Literal["ordinary", "key", "high_risk"]
Living = Literal["", "alone", "couple", "empty_nest", "left_behind", "lost_only_child", "with_children"]
Minute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", examples=["22:00"])]
Short = Annotated[Line, Field(max_length=60)]
Name = Annotated[Line, Field(min_length=1, max_length=60)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$", examples=["east"])]
Note = Annotated[Lines, Field(max_length=2000)]
Datum = Literal["wgs84", "gcj02"]
Lat = Annotated[float, Field(ge=-90, le=90)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Month = Annotated[str | None, Query(pattern=r"^(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])$", examples=["2026-11"])]
DayQuery = Annotated[Day | None, Query()]
Request = Annotated[UUID, Field(description="made by the page; the same one twice is one")]
Sheet = Literal["csv", "xlsx", "parquet"]


def _birthday(day: date) -> date:
    if day.year < 1850:
        raise ValueError("a birthday after 1850 is needed")
    return day


Birthday = Annotated[date, AfterValidator(_birthday)]


def _phone(text: str) -> str:
    if text and not any(character.isdigit() for character in text):
        raise ValueError("a telephone number has digits")
    return text


Phone = Annotated[Line, Field(max_length=40), AfterValidator(_phone)]


class HomeShort(BaseModel):
    """A home in a list."""

    id: int
    code: str
    address: str


class Hazard(BaseModel):
    """Something in a home that should be put right."""

    kind: Annotated[str, Field(max_length=40, examples=["loose_rug"])]
    room: Short = ""
    note: Note = ""
