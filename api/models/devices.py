"""Devices as they hang and are worn now."""

from pydantic import BaseModel, Field

from api.models.words import Instant, Named


class HomeRef(BaseModel):
    """A household."""

    id: int
    code: str = Field(examples=["h017"])


class Device(BaseModel):
    """An installed device and how it is; null where it has not said."""

    id: int
    code: str = Field(examples=["w-0017"])
    kind: str = Field(examples=["wearable"])
    model: str
    home: HomeRef
    room: str = Field(examples=["bathroom"])
    site: str = Field(examples=["wrist"])
    resident: Named | None
    online: bool | None
    last_seen: Instant | None
    battery: float | None = Field(examples=[0.83], description="0 to 1")
    rssi: float | None = Field(examples=[-67], description="dB(mW)")
    firmware: str


class Devices(BaseModel):
    """A page of devices."""

    items: list[Device]
    next: str | None
