"""What devices prove themselves with, as staff and devices see it."""

from pydantic import BaseModel, Field

from api.models.words import Instant


class DeviceKeys(BaseModel):
    """Where the keys of a device stand; null: there is none."""

    secret_since: Instant | None
    old_until: Instant | None = Field(description="until when the secret before still counts")
    claim_until: Instant | None = Field(description="until when a claim code may be exchanged")
    paused_until: Instant | None = Field(description="said too much, and is shut out until then")


class ClaimWish(BaseModel):
    """For how long the code is good."""

    days: int = Field(default=7, ge=1, le=366)


class ClaimOut(BaseModel):
    """A claim code: shown once."""

    claim: str = Field(examples=["K7QF-2MXD-9T4R-0ABC-DEFG-HJKM-NPQR"])
    days: int
    qr: str = Field(description="the code as a picture, a data: URL of an SVG")


class RotateWish(BaseModel):
    """How long the old secret still counts."""

    overlap_s: int = Field(default=900, ge=0, le=604_800)


class ClaimIn(BaseModel):
    """A device that has nothing but its claim code."""

    claim: str = Field(max_length=80, examples=["K7QF-2MXD-9T4R-0ABC-DEFG-HJKM-NPQR"])


class KeyOut(BaseModel):
    """What the device logs in to the broker with from now on: shown once."""

    user: str = Field(examples=["w-0017", "w-0017@2"])
    secret: str
    client_id: str = Field(description="its MQTT client id: nobody can guess it and take it over")
    home: str = Field(examples=["h017"])
    device: str = Field(examples=["w-0017"])
    topics: str = Field(examples=["nw/v1/h017/w-0017/"], description="what its topics begin with")
    broker: str = Field(examples=["mqtts://platform.example:8883"])
    ca: str = Field(description="PEM of the authority that signed the broker's certificate, or empty")
