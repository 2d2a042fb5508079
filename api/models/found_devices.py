"""Devices of other systems as staff see them, and what a device may send over HTTP."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.models.devices import HomeRef
from api.models.words import Instant, Line

Kind = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$", examples=["smoke"])]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["gw-1-17"])]


class FoundDevice(BaseModel):
    """A thing that another system's message spoke of."""

    id: int
    source: str = Field(examples=["gw-1"], description='the device it spoke through; "scaip": social alarms')
    tongue: str = Field(examples=["zigbee2mqtt"])
    foreign_id: str = Field(examples=["bathroom motion"], description="what it is called there")
    name: str
    model: str
    says: dict[str, float] = Field(examples=[{"presence": 1, "battery": 0.97}], description="its last values")
    seems: str = Field(examples=["pir"], description="the kind of device that it seems to be")
    home: HomeRef | None = Field(description="where its source hangs")
    device: str | None = Field(
        examples=["gw-1-17"], description="the device of ours that it is; null: nobody's"
    )
    ignored: bool
    first_at: Instant
    last_at: Instant
    times: int


class FoundDevices(BaseModel):
    """A page of them, the latest first."""

    items: list[FoundDevice]
    next: str | None


class Assign(BaseModel):
    """What it shall be; what is left out is what it seems to be, where its source hangs."""

    home_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    resident_id: int | None = Field(default=None, ge=1, le=2**31 - 1, description="who wears it")
    kind: Kind | None = None
    code: Code | None = None
    room: Line = Field(default="", max_length=60)
    report_every_s: int | None = Field(default=None, ge=1, le=2_678_400)


class Assigned(BaseModel):
    """The device that it is from now on."""

    id: int
    code: str


class Be(BaseModel):
    """A device that there is already."""

    device_id: int = Field(ge=1, le=2**31 - 1)


class ForeignRight(BaseModel):
    """Whether a device may speak for devices of other systems."""

    allowed: bool


class Accepted(BaseModel):
    """The broker has it: it is read within a second, or waits in quarantine with the reason."""

    topic: str = Field(examples=["nw/v1/h017/w-0017/vital"])
