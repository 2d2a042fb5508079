"""Signing in and being invited."""

import re
import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from api.models.incidents import StationRef
from api.models.words import HeldName, Instant, Key, Language, Line, Named, RoleName
from api.passwords import LONGEST, SHORTEST

_LOGIN = re.compile(r"[\w.@+-]{3,64}")


def fold(login: str) -> str:
    """The form in which logins are kept and compared: nobody is locked out by a capital letter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _new_login(login: str) -> str:
    folded = fold(login)
    if not _LOGIN.fullmatch(folded):
        raise ValueError("3 to 64 letters, digits or . _ @ + -")
    return folded


class SignIn(BaseModel):
    """Who wants in."""

    login: Line = Field(max_length=200, examples=["li.na"])
    password: str = Field(max_length=LONGEST, examples=["correct horse battery staple"])


class AccountOut(BaseModel):
    """The person signed in."""

    id: int
    login: str = Field(examples=["li.na"])
    name: str = Field(examples=["李娜"])
    language: Language


class GrantOut(BaseModel):
    """What the person is, and to which station or resident; both null: to everything."""

    role: HeldName
    station_id: int | None
    resident_id: int | None


class SessionOut(BaseModel):
    """A session. `csrf` goes into the header X-CSRF-Token of every unsafe request; `may` names the actions
    that are allowed somewhere. `held`: a second factor was due by `second_factor_by`, and until one is set
    up nothing is allowed anywhere."""

    account: AccountOut
    grants: list[GrantOut]
    may: list[str] = Field(examples=[["see_incidents"]])
    second_factor_by: Instant | None
    held: bool
    csrf: str
    server_time: Instant
    version: str = Field(examples=["0.1.0"])


class Look(BaseModel):
    """Ask what a code is for."""

    code: Line = Field(min_length=1, max_length=200)


class Invitation(BaseModel):
    """What a code makes its bearer."""

    role: RoleName
    station: StationRef | None
    resident: Named | None
    expires_at: Instant


class Redeem(BaseModel):
    """Use a code: make an account with the role it carries."""

    code: Line = Field(min_length=1, max_length=200)
    login: Annotated[Line, AfterValidator(_new_login)] = Field(max_length=200, examples=["li.na"])
    password: str = Field(min_length=SHORTEST, max_length=LONGEST)
    name: Line = Field(min_length=1, max_length=80, examples=["李娜"])
    language: Language = "zh"


class Invite(BaseModel):
    """Invite somebody: family to one resident, everybody else to a station."""

    role: RoleName
    station_id: Key | None = None
    resident_id: Key | None = None
    language: Language = "zh"

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.role == "family") != (self.resident_id is not None):
            raise ValueError("family needs resident_id, and only family has one")
        if (self.role == "family") != (self.station_id is None):
            raise ValueError("every role but family needs station_id")
        return self


class Invited(BaseModel):
    """The link to hand over; it works once."""

    url: str = Field(examples=["https://care.example/enter#3vY..."])
    expires_at: Instant
