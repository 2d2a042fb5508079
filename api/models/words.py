"""Types that many models use: instants, names, keys, two languages."""

import unicodedata
from datetime import UTC, datetime
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
InstantQuery = Annotated[AwareDatetime | None, Query()]

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
