"""How a resident is watched over: the profile, the places, and who is worth a visit."""

import math
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from api.models.home_life import Datum
from api.models.incidents import HomeAddress
from api.models.words import Instant, Line, Moment, Named, Text

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]


class Monitoring(BaseModel):
    """What is set for this resident; null: as for anybody of their ability grade, or as the house learns."""

    cancel_s: int | None = Field(
        default=None, ge=0, le=300, description="seconds in which a possible fall may be called off"
    )
    tolerated_per_month: float | None = Field(
        default=None, ge=0.1, le=10, description="false alarms of silence that the family would bear"
    )
    bathroom_limit_s: int | None = Field(default=None, ge=300, le=14_400)
    night_from: Clock | None = Field(default=None, description="local time")
    night_until: Clock | None = None
    holiday_from: Moment | None = Field(default=None, description="nobody is at home from then")
    holiday_until: Moment | None = None
    visitors_until: Moment | None = Field(default=None, description="movement is not the resident's alone")
    spo2_scale: Literal[1, 2] = Field(default=1, description="of NEWS2; 2 only as a clinician says")
    oxygen: bool = Field(default=False, description="breathes extra oxygen")

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.night_from is None) != (self.night_until is None):
            raise ValueError("a night has both ends")
        if (self.holiday_from is None) != (self.holiday_until is None):
            raise ValueError("a holiday has both ends")
        if self.holiday_from and self.holiday_until and self.holiday_from >= self.holiday_until:
            raise ValueError("a holiday ends after it begins")
        return self


class MonitoringNow(Monitoring):
    """The profile, and what the house has seen."""

    returned_at: Instant | None = Field(description="seen to be back before the holiday was over")


Point = tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]


class Place(BaseModel):
    """Where the resident may be: a circle (one point and a radius) or a polygon (three points and more)."""

    name: Line = Field(default="", max_length=60, examples=["home and park"])
    points: list[Point] = Field(min_length=1, max_length=100, description="lat, lon")
    radius_m: float | None = Field(default=None, gt=0, le=100_000)
    from_: Clock = Field(default="00:00", alias="from", description="local time; as `until`: always")
    until: Clock = "00:00"

    @model_validator(mode="after")
    def _circle_or_polygon(self) -> Self:
        circle = self.radius_m is not None
        if circle != (len(self.points) == 1) or (not circle and len(self.points) < 3):
            raise ValueError("one point with radius_m, or three points and more without")
        if self.radius_m is not None and not math.isfinite(self.radius_m):
            raise ValueError("radius_m is a number")
        return self


class PutPlaces(BaseModel):
    """All places anew; none: the resident is not watched for leaving them."""

    items: list[Place] = Field(max_length=20)
    datum: Datum = "wgs84"


class Places(BaseModel):
    """Where the resident may be, in `datum`."""

    items: list[Place]
    datum: Datum
    next: str | None = None


class WorthAVisit(BaseModel):
    """A resident whose days have changed slowly: no alarm, but worth a visit."""

    resident: Named
    home: HomeAddress | None
    score: float = Field(description="the strongest reason, in robust standard deviations")
    since: date = Field(description="Monday of the week in which it was seen")
    reasons: list[Text]
    series: dict[str, Any] = Field(description="{figure: [[day, value], ...]}: the plot that shows why")


class WorthVisits(BaseModel):
    """Of the latest week that was looked at, most worth first."""

    items: list[WorthAVisit]
    next: str | None = None
