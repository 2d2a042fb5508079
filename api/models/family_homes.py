"""A relative's own smart home, and what it logs in with."""

from pydantic import BaseModel, Field

from api.models.words import Instant, Language, Line


class NewFamilyHome(BaseModel):
    """`label`: what the person is called there."""

    label: Line = Field(min_length=1, max_length=40, examples=["Grandma"])
    language: Language | None = Field(default=None, description="of the sensors' names; null: the account's")


class FamilyHome(BaseModel):
    """One that holds."""

    id: int
    code: str = Field(description="a level of its topics")
    label: str
    language: Language
    created_at: Instant


class FamilyHomes(BaseModel):
    """Those of the relative."""

    items: list[FamilyHome]


class MadeFamilyHome(FamilyHome):
    """With what it logs in with; the secret is shown this once."""

    user: str
    secret: str
    broker: str = Field(description="address, as far as it is known here")
    ca: str = Field(description="the authority of the broker's certificate, PEM; empty without TLS")
    discovery_prefix: str = Field(description="what Home Assistant is told")
    status_topic: str = Field(description="for its birth and will messages")
