"""What relatives and the station write to each other, and who has access."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from api.models.incidents import StationRef
from api.models.words import Instant, Lines, Named, RoleName

Relation = Literal["daughter", "son", "spouse", "grandchild", "sibling", "relative", "neighbour", "friend"]


def _says_something(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise ValueError("say something")
    return stripped


class NewMessage(BaseModel):
    """What to write. `request` is made by the page: sent again, it is the same message."""

    text: Annotated[Lines, AfterValidator(_says_something)] = Field(max_length=1000)
    request: UUID


class NewAnswer(NewMessage):
    """What the station answers. `upto`: the last message that its writer saw; what came since still waits."""

    upto: int | None = Field(default=None, ge=0, le=2**63 - 1)


class Message(BaseModel):
    """One message; plain text, whatever it looks like."""

    id: int
    at: Instant
    text: str
    from_station: bool
    by: Named
    fresh: bool = Field(description="the relative has not seen it yet")


class Messages(BaseModel):
    """The latest first."""

    items: list[Message]
    next: str | None


class Upto(BaseModel):
    """The last message that was seen."""

    upto: int = Field(ge=0, le=2**63 - 1)


class Conversation(BaseModel):
    """A relative and the station about one resident, with the last thing said."""

    id: int
    resident: Named
    relative: Named
    relation: Relation | None
    waiting: bool = Field(description="for an answer of the station")
    last_at: Instant
    text: str
    from_station: bool


class Conversations(BaseModel):
    """Those that wait, the longest first; then the others, the latest first."""

    items: list[Conversation]
    next: str | None = None


class Waiting(BaseModel):
    """How many conversations wait for an answer."""

    count: int


class Kin(BaseModel):
    """A relative with access; `relation` as they say themselves."""

    name: str
    relation: Relation | None
    since: Instant
    me: bool


class StaffRole(BaseModel):
    """How many people of the station, and of those above it, have access in a role."""

    role: RoleName
    people: int


class Consented(BaseModel):
    """Something the resident agreed to."""

    purpose: str = Field(examples=["family_view"])
    since: Instant


class Access(BaseModel):
    """Who may see the resident, and by what consent."""

    family: list[Kin]
    staff: list[StaffRole]
    station: StationRef
    station_phone: str
    consents: list[Consented]


class SayRelation(BaseModel):
    """What the caller is to the resident."""

    relation: Relation
