"""The device bench: virtual devices and their buttons."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.models.devices import HomeRef
from api.models.words import Instant, Named

Button = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", examples=["fall"])]


class BenchDevice(BaseModel):
    """A virtual device."""

    code: str
    kind: str
    home: HomeRef
    resident: Named | None
    presses: list[str] = Field(examples=[["fall", "battery_low"]])
    last_seen: Instant | None


class BenchDevices(BaseModel):
    """Those of the demonstration that are in the caller's scope."""

    items: list[BenchDevice]
    next: str | None = None


class Press(BaseModel):
    """Which button."""

    what: Button


class Pressed(BaseModel):
    """When the device sent its message."""

    sent_at: Instant
