"""Pictures of what was found."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from api.models.words import Instant, Named

_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

SubjectQuery = Annotated[
    str,
    Query(
        pattern=rf"^(incident:{_UUID}|(adaptation|visit):[1-9][0-9]{{0,8}})$",
        description="what it is of: incident:<uuid>, adaptation:<id> or visit:<id>",
        examples=["visit:17"],
    ),
]


class Photo(BaseModel):
    """A picture; `GET /photos/{id}` gives the JPEG itself."""

    id: UUID
    subject: str
    taken_at: Instant
    by: Named = Field(description="who took it")
    width: int
    height: int


class Photos(BaseModel):
    """All pictures of one subject, the oldest first."""

    items: list[Photo]
    next: str | None = None
