"""Asking responders to go."""

from typing import Literal

from pydantic import BaseModel, Field

from api.models.incidents import Incident
from api.models.words import Instant, Key, Lines


class MakeOffer(BaseModel):
    """Whom to ask; null: the nearest who is free and was not asked before."""

    account_id: Key | None = None


class Answer(BaseModel):
    """What the responder says."""

    accept: bool
    note: Lines = Field(default="", max_length=500)


class MyOffer(BaseModel):
    """What the caller was asked."""

    id: int
    incident: Incident | None = Field(description="null: no longer the caller's to see")
    offered_at: Instant
    expires_at: Instant
    answer: Literal["accepted", "refused", "lapsed", "withdrawn"] | None
    answered_at: Instant | None
    travel_s: int | None
    distance_m: int | None


class MyOffers(BaseModel):
    """Open ones first, then those of the last day."""

    items: list[MyOffer]
    next: str | None = None
