"""Second factors, passkeys, sessions, passwords: what one sees and changes of one's own."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from api.models.words import Instant, Line
from api.passwords import LONGEST, SHORTEST

Way = Literal["totp", "recovery", "passkey"]
ConfirmWay = Literal["password", "totp", "passkey", "provider"]
How = Literal["password", "totp", "recovery", "passkey", "provider", "invitation"]
Secret = Annotated[Line, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(max_length=LONGEST, examples=["correct horse battery staple"])]
NewPassword = Annotated[
    str, Field(min_length=SHORTEST, max_length=LONGEST, examples=["correct horse battery staple"])
]
Credential = Annotated[
    dict[str, Any], Field(description="what navigator.credentials gave, as its toJSON() writes it")
]


class Second(BaseModel):
    """The second factor of a sign-in: `code` of the app, a recovery code, or a `passkey`'s answer."""

    step: Secret
    code: Secret | None = Field(default=None, examples=["123456"])
    recovery: Secret | None = Field(default=None, examples=["abcd-efgh-ijkl-mnop"])
    passkey: Credential | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.code, self.recovery, self.passkey)) != 1:
            raise ValueError("one of code, recovery and passkey is needed")
        return self

    @property
    def way(self) -> Way:
        """Which of them was given."""
        return "totp" if self.code is not None else "recovery" if self.recovery is not None else "passkey"

    @property
    def answer(self) -> Any:
        """What was given."""
        return self.code or self.recovery or self.passkey


class StepLook(BaseModel):
    """Ask what a sign-in that was begun still lacks."""

    step: Secret


class StepOut(BaseModel):
    """What it lacks: the same as the answer 401 `second-factor` says."""

    step: str
    ways: list[Way]
    passkey: dict[str, Any] | None = None


class Asked(BaseModel):
    """What a browser is asked about passkeys; `options` go into navigator.credentials."""

    step: str
    options: dict[str, Any]


class Shown(BaseModel):
    """The answer to `Asked`."""

    step: Secret
    passkey: Credential


class ConfirmWays(BaseModel):
    """How the caller may prove again to be there; the first is the usual one."""

    ways: list[ConfirmWay]
    step: str | None = None
    passkey: dict[str, Any] | None = None


class Confirm(BaseModel):
    """One proof."""

    password: Password | None = None
    code: Secret | None = None
    passkey: Credential | None = None
    step: Secret | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.password, self.code, self.passkey)) != 1:
            raise ValueError("one of password, code and passkey is needed")
        return self

    @property
    def way(self) -> Literal["password", "totp", "passkey"]:
        """Which of them was given."""
        return "password" if self.password is not None else "totp" if self.code is not None else "passkey"

    @property
    def answer(self) -> Any:
        """What was given."""
        return next(one for one in (self.password, self.code, self.passkey) if one is not None)


class PasskeyOut(BaseModel):
    """A passkey as its owner knows it."""

    id: int
    name: str = Field(examples=["phone"])
    made_at: Instant
    used_at: Instant | None


class SecurityOut(BaseModel):
    """What the caller signs in with.

    `second_factor_by`: until when a second factor must be set up; null when it need not be.
    """

    password: bool
    totp: bool
    recovery_left: int
    passkeys: list[PasskeyOut]
    second_factor_by: Instant | None
    provider: bool


class TotpBegun(BaseModel):
    """The secret for an authenticator app, shown once; `qr` is a picture of `uri`."""

    secret: str
    uri: str
    qr: str = Field(description="data: URL of an SVG picture")


class TotpCode(BaseModel):
    """The app's code."""

    code: Secret = Field(examples=["123456"])


class Recovery(BaseModel):
    """Codes that each work once in place of the second factor; shown once, and older ones work no more.

    Empty when there are codes from before.
    """

    codes: list[str]


class NewPasskey(BaseModel):
    """A passkey that a browser made."""

    step: Secret
    passkey: Credential
    name: Line = Field(min_length=1, max_length=60, examples=["phone"])


class MadePasskey(PasskeyOut):
    """The passkey, and with the first second factor recovery codes."""

    recovery: list[str]


class ChangePassword(BaseModel):
    """A new password; the `current` one unless there is none."""

    current: Password | None = None
    password: NewPassword


class OwnSession(BaseModel):
    """Where the caller is signed in; `seen_at` is exact to about a minute."""

    id: int
    here: bool
    how: How
    address: str
    agent: str = Field(examples=["Firefox, Windows"])
    created_at: Instant
    seen_at: Instant
    expires_at: Instant


class OwnSessions(BaseModel):
    """All of them."""

    items: list[OwnSession]


class LoginOut(BaseModel):
    """One attempt to sign in, or to confirm; `refused` was not looked at after too many mistakes."""

    at: Instant
    address: str
    what: Literal["password", "totp", "recovery", "passkey", "provider", "confirm", "reset"]
    outcome: Literal["passed", "failed", "refused"]


class Logins(BaseModel):
    """The latest first; kept for 90 days."""

    items: list[LoginOut]
    next: str | None
