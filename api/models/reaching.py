"""Where people and stations are reached, and what they were told."""

import re
from datetime import time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from api.models.incidents import Priority
from api.models.words import Instant, Language, Line, Text

Channel = Literal["web_push", "apprise", "webhook", "cloudevents", "cloudevents_binary", "siren"]
NotificationState = Literal["queued", "sent", "delivered", "seen", "failed", "superseded"]

_BASE64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def _base64(text: str) -> str:
    if not _BASE64.fullmatch(text):
        raise ValueError("base64url is needed")
    return text


Base64 = Annotated[str, AfterValidator(_base64)]


class PushKey(BaseModel):
    """The key a browser subscribes with (VAPID, uncompressed P-256 point, base64url)."""

    public_key: str


class PushKeys(BaseModel):
    """The keys of a push subscription, base64url."""

    p256dh: Base64 = Field(min_length=80, max_length=100)
    auth: Base64 = Field(min_length=20, max_length=40)


class Subscription(BaseModel):
    """What `PushManager.subscribe` gives, as it is."""

    endpoint: Line = Field(max_length=1000, examples=["https://push.example/send/abc"])
    keys: PushKeys


class Reach(BaseModel):
    """What an endpoint is for."""

    label: Line = Field(default="", max_length=60, examples=["My phone"])
    language: Language | None = Field(default=None, description="null: that of the account")
    rank: int = Field(default=1, ge=1, le=9, description="1 is tried first")
    least: Priority = Field(default="low", description="nothing less urgent comes here")
    quiet_from: time | None = Field(default=None, description="local time; from then only high priority")
    quiet_until: time | None = None

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours need both ends")
        if any(end is not None and end.tzinfo is not None for end in (self.quiet_from, self.quiet_until)):
            raise ValueError("quiet hours are local time, without a zone")
        return self


class NewEndpoint(Reach):
    """A place to be reached at: a browser's push subscription, an Apprise address, or a webhook."""

    channel: Literal["web_push", "apprise", "webhook", "cloudevents", "cloudevents_binary"]
    subscription: Subscription | None = Field(default=None, description="for web_push")
    address: Line | None = Field(default=None, min_length=4, max_length=1000, description="for the others")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.channel == "web_push") != (self.subscription is not None):
            raise ValueError("web_push needs subscription, and only it has one")
        if (self.channel == "web_push") == (self.address is not None):
            raise ValueError("all but web_push need address, and only they have one")
        return self


class Endpoint(BaseModel):
    """A place where somebody is reached; the address itself is never shown again."""

    id: int
    channel: Channel
    label: str
    shown: str = Field(description="the address, masked", examples=["push.example", "wecombot://…"])
    language: Language
    rank: int
    least: Priority
    quiet_from: time | None
    quiet_until: time | None
    created_at: Instant
    failures: int = Field(description="in a row; 0: it works, as far as known")
    failing_since: Instant | None
    last_ok_at: Instant | None


class AddedEndpoint(Endpoint):
    """An endpoint just added."""

    secret: str | None = Field(description="of a webhook: what its messages are signed with; shown only now")


class Endpoints(BaseModel):
    """All of them, in the order in which they are tried."""

    items: list[Endpoint]
    next: str | None = None


class Tried(BaseModel):
    """What came of a test message."""

    outcome: str = Field(examples=["sent"])
    detail: str = Field(description="what the other side said, without the address")


class AboutIncident(BaseModel):
    """As much of an incident as a message carries."""

    id: str
    number: int
    kind: str
    priority: Priority
    state: str
    drill: bool
    title: Text
    address: str


class Notification(BaseModel):
    """A message to the caller, and how far it has come."""

    id: int
    incident: AboutIncident | None = Field(description="null: no longer the caller's to see")
    purpose: str = Field(examples=["alarm"])
    priority: Priority
    state: NotificationState
    channel: str | None
    queued_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    seen_at: Instant | None


class Notifications(BaseModel):
    """A page of messages, the latest first."""

    items: list[Notification]
    next: str | None


class Profile(BaseModel):
    """A person as colleagues see them; `language` is what messages to them are written in."""

    name: Line = Field(min_length=1, max_length=80)
    language: Language
    phone: Line = Field(default="", max_length=30, pattern=r"^[0-9+ ()-]*$")


class Whereabouts(BaseModel):
    """Whether the caller can be sent (null: as it was), and from where (WGS 84; a page may send `datum`
    gcj02)."""

    available: bool | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    datum: Literal["wgs84", "gcj02"] = "wgs84"

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon come together")
        if self.available is None and self.lat is None:
            raise ValueError("available, or a place, is needed")
        return self


class MyState(BaseModel):
    """Whether the caller can be sent; `at` null: nothing was said yet, and nobody counts on them."""

    available: bool
    lat: float | None
    lon: float | None
    at: Instant | None
