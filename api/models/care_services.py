"""The menu, orders and what they cost. Money is in fen."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.models.care_words import Name, Note, Phone, Request, Short
from api.models.words import Instant, Key, Moment, Named

ServiceKind = Literal["meal", "cleaning", "bathing", "medical", "escort", "urgent"]
OrderState = Literal[
    "requested", "accepted", "carried_out", "confirmed", "refused", "cancelled", "complained", "refunded"
]
OrderAction = Literal[
    "accept", "refuse", "cancel", "carry_out", "confirm", "rate", "complain", "refund", "uphold"
]
Fen = Annotated[int, Field(ge=0, le=100_000_000)]


class MenuLine(BaseModel):
    """What a resident may order, and what it costs them."""

    id: int
    kind: ServiceKind
    name: str
    name_en: str
    provider: str
    price_fen: int
    subsidy_fen: int
    pays_fen: int


class Menu(BaseModel):
    """By kind and name."""

    items: list[MenuLine]


class NewService(BaseModel):
    """A line of a station's menu; `subsidy_fen` by grade 0 to 4."""

    provider_id: Key
    kind: ServiceKind
    name: Name
    name_en: Short = ""
    price_fen: Fen
    subsidy_fen: list[Fen] = Field(default=[0, 0, 0, 0, 0], min_length=5, max_length=5)


class Service(BaseModel):
    """A line of a station's own menu."""

    id: int
    kind: ServiceKind
    name: str
    name_en: str
    provider: Named
    price_fen: int
    subsidy_fen: list[int]
    since: Instant


class Services(BaseModel):
    """A station's own menu."""

    items: list[Service]


class NewProvider(BaseModel):
    """Somebody who serves a station's people."""

    name: Name
    phone: Phone = ""


class Provider(BaseModel):
    """A provider."""

    id: int
    name: str
    phone: str


class Providers(BaseModel):
    """By name."""

    items: list[Provider]


class NewOrder(BaseModel):
    """A wish; `via` is told by staff, who write down what they are told."""

    resident_id: Key
    service_id: Key
    wanted_at: Moment
    via: Literal["operator", "phone"] = "operator"
    note: Note = ""
    request: Request | None = None


class OrderService(BaseModel):
    """What was ordered."""

    id: int
    kind: ServiceKind
    name: str
    name_en: str


class OrderEvent(BaseModel):
    """One step."""

    at: Instant
    kind: str
    by: Named | None
    data: dict[str, Any]


class Order(BaseModel):
    """An order as it stands; `allowed` is what the reader may do now."""

    id: int
    version: int
    resident: Named
    station: Named
    service: OrderService
    provider: Named
    via: str
    wanted_at: Instant
    price_fen: int
    subsidy_fen: int
    pays_fen: int
    state: OrderState
    state_since: Instant
    rating: int | None
    complaint: str
    note: str
    minutes: int
    allowed: list[OrderAction]


class OrderFull(Order):
    """With its steps."""

    events: list[OrderEvent]


class Orders(BaseModel):
    """The latest first."""

    items: list[Order]
    next: str | None


class ActOnOrder(BaseModel):
    """A step; with `version` who comes second is told so. `minutes` a volunteer gave, when carried out."""

    action: OrderAction
    version: int | None = Field(None, ge=1)
    note: Note = ""
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] = 0


class Settled(BaseModel):
    """What a provider is owed for a month."""

    id: int
    name: str
    station: str
    done: int
    taken_back: int
    owed_fen: int
    subsidy_fen: int
    residents_fen: int


class Sums(BaseModel):
    """All providers together."""

    done: int
    taken_back: int
    owed_fen: int
    subsidy_fen: int
    residents_fen: int


class Settlement(BaseModel):
    """A month, from the ledger; `ledger_fen` is what the books themselves say that providers received."""

    month: str
    items: list[Settled]
    total: Sums
    ledger_fen: int
