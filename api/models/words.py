"""Types that many models use: instants, names, keys, two languages."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

Language = Literal["zh", "en"]
RoleName = Literal["operator", "responder", "family", "administrator"]
HeldName = Literal["operator", "responder", "family", "administrator", "emergency"]

_LARGEST_KEY = 2**31 - 1


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and a Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def _printable(text: str) -> str:
    # Control characters, unpaired surrogates and overrides of the writing direction deceive the reader.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("control characters are not allowed")
    if any("\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" for character in text):
        raise ValueError("control characters are not allowed")
    return text


def _lines(text: str) -> str:
    _printable(text.replace("\n", " ").replace("\r", " ").replace("\t", " "))
    return text


Instant = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-11-22T03:00:00.123Z"]},
        mode="serialization",
    ),
]
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)  # beyond these nothing of ours happens, and sums overflow


def _of_our_time(moment: datetime) -> datetime:
    if not _FIRST.year < moment.year < _LAST.year:
        raise ValueError("an instant between 1971 and 2199 is needed")
    return moment.astimezone(UTC)


def _day_of_our_time(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise ValueError("a day between 1970 and 2200 is needed")
    return day


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time), PlainSerializer(iso, return_type=str)]
"""An instant that somebody sends; UTC from here on."""

Day = Annotated[date, AfterValidator(_day_of_our_time)]
InstantQuery = Annotated[Moment | None, Query()]

Line = Annotated[str, AfterValidator(_printable)]
Lines = Annotated[str, AfterValidator(_lines)]

KeyPath = Annotated[int, Path(ge=1, le=_LARGEST_KEY)]
KeyQuery = Annotated[int | None, Query(ge=1, le=_LARGEST_KEY)]
Key = Annotated[int, Field(ge=1, le=_LARGEST_KEY)]


class Text(BaseModel):
    """One sentence in every language the pages speak."""

    zh: str = Field(examples=["可能跌倒"])
    en: str = Field(examples=["Possible fall"])


class Named(BaseModel):
    """Something or somebody by key and name."""

    id: int = Field(examples=[17])
    name: str = Field(examples=["王秀英"])
