"""What people agree to, and what they may ask of whoever keeps their data."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.models.care_people import Purpose
from api.models.words import Instant, Line

Words = Annotated[Line, Field(min_length=20, max_length=1000)]


class ConsentText(BaseModel):
    """What people agree to for one purpose, in their words."""

    purpose: str
    version: int
    zh: str
    en: str
    anew: bool = Field(description="it means something else than before: earlier consents hold no longer")
    latest: bool


class ConsentTexts(BaseModel):
    """Every version, the latest of each purpose first."""

    items: list[ConsentText]


class NewConsentText(BaseModel):
    """New words; everybody who agreed to earlier ones is asked again."""

    purpose: Purpose
    zh: Words
    en: Words
    anew: bool


class ErasureWish(BaseModel):
    """Why somebody is to be forgotten, by PIPL art. 47."""

    ground: Literal["purpose_over", "consent_withdrawn", "asked", "unlawful"]


class Erasure(BaseModel):
    """An order to forget somebody, and how far it is."""

    id: int
    ground: str
    requested_at: Instant
    requested_by: str
    due_at: Instant = Field(description="from then on one administrator is enough")
    agreed_at: Instant | None
    agreed_by: str | None
    done_at: Instant | None
    done_by: str | None
    sha256: str | None = Field(description="of the certificate")
