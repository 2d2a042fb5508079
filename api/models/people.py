"""Accounts and tokens as who administers them sees them."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from api.models.incidents import StationRef
from api.models.security import NewPassword, Secret
from api.models.session import Invite
from api.models.words import Instant, Key, Line, Named, RoleName
from api.policy import Action


class HeldGrant(BaseModel):
    """A role that somebody has; both `station` and `resident` null: on everything."""

    id: int
    role: RoleName
    station: StationRef | None
    resident: Named | None
    granted_at: Instant


class AccountFull(BaseModel):
    """Somebody with a role in the caller's part of the tree.

    `elsewhere`: they have a role outside of it too; then only who is above both may disable or reset them.
    """

    id: int
    login: str
    name: str
    phone: str
    grants: list[HeldGrant]
    elsewhere: bool
    second_factor: bool
    second_factor_by: Instant | None
    created_at: Instant
    seen_at: Instant | None
    disabled_at: Instant | None


class Accounts(BaseModel):
    """A page of them."""

    items: list[AccountFull]
    next: str | None


class NewGrant(Invite):
    """A role to give: family on one resident, everything else on a station."""


class Enabled(BaseModel):
    """Whether the account lets anybody in."""

    enabled: bool


class ResetWish(BaseModel):
    """A link for a new password; with `second_factor` it also removes what is lost."""

    second_factor: bool = False


class ResetLook(BaseModel):
    """Ask what a link does."""

    code: Secret


class ResetOut(BaseModel):
    """To whose account it leads."""

    login: str
    name: str
    second_factor: bool
    expires_at: Instant


class ResetRedeem(BaseModel):
    """The new password."""

    code: Secret
    password: NewPassword


# What no machine does: let others in, and what is said in person.
NOT_FOR_MACHINES = frozenset({
    Action.MANAGE_ACCOUNTS, Action.INVITE_ANYONE, Action.INVITE_FAMILY, Action.BE_SENT,
})  # fmt: skip


class NewToken(BaseModel):
    """A token for a machine: `actions` on a station and everything below; without a station on everything."""

    name: Line = Field(min_length=1, max_length=80, examples=["city platform"])
    station_id: Key | None = None
    actions: Annotated[list[Action], Field(min_length=1, max_length=100, examples=[["see_incidents"]])]
    days: int = Field(default=90, ge=1, le=366, description="how long it holds")

    @model_validator(mode="after")
    def _for_machines(self) -> Self:
        if NOT_FOR_MACHINES & set(self.actions):
            raise ValueError("some of these actions are for people only")
        return self


class TokenOut(BaseModel):
    """A token as it is known later: by its name and its last letters."""

    id: int
    name: str
    tail: str
    actions: list[str]
    station: StationRef | None
    made_by: Named
    made_at: Instant
    expires_at: Instant
    used_at: Instant | None
    revoked_at: Instant | None


class Tokens(BaseModel):
    """All that hold, and those that were revoked in the last year."""

    items: list[TokenOut]
    actions: list[str] = Field(description="what the caller may give to a token")


class MadeToken(TokenOut):
    """With the token itself, which is not shown again."""

    token: str = Field(examples=["nwt_..."])
