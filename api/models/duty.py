"""Rosters: who is on duty, and what says so. Times of day are local to the station."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from api.models.words import Day, Instant, Key, Line, Moment, Named

DutyRole = Literal["operator", "responder", "volunteer", "rescue"]


def _local(clock: time) -> time:
    if clock.tzinfo is not None:
        raise ValueError("a local time has no zone")
    return clock


Clock = Annotated[time, AfterValidator(_local)]


class OnDuty(BaseModel):
    """Somebody on duty, or coming."""

    role: DutyRole
    account: Named
    phone: str
    from_: Instant = Field(serialization_alias="from")
    until: Instant
    source: str = Field(examples=["shift:3", "override:1"])


class DutyGap(BaseModel):
    """A time in which nobody is."""

    role: DutyRole
    from_: Instant = Field(serialization_alias="from")
    until: Instant


class Duty(BaseModel):
    """Who is on duty at one instant, who comes in the week after it, and when nobody does."""

    on_duty: list[OnDuty]
    next: list[OnDuty]
    gaps: list[DutyGap]


class Colleague(BaseModel):
    """Somebody who may be put on duty."""

    id: int
    name: str
    phone: str
    roles: list[str]


class Colleagues(BaseModel):
    """All of them; there are few."""

    items: list[Colleague]
    next: str | None = None


class NewShift(BaseModel):
    """The same person every week; it ends on the next day when `until_time` is not after `from_time`."""

    role: DutyRole
    account_id: Key
    days: list[Annotated[int, Field(ge=1, le=7)]] = Field(
        min_length=1, max_length=7, description="1 Monday ... 7 Sunday, on which it begins"
    )
    from_time: Clock = Field(examples=["08:00"])
    until_time: Clock = Field(examples=["20:00"])
    first_day: Day
    last_day: Day | None = None
    holidays: Literal["as_usual", "never", "only"] = "as_usual"


class Shift(NewShift):
    """A shift with its key."""

    id: int
    account: Named


class Shifts(BaseModel):
    """All shifts of a station."""

    items: list[Shift]
    next: str | None = None


class NewRotation(BaseModel):
    """People by turns; the first begins on `first_day` at `from_time`."""

    role: DutyRole
    members: list[Key] = Field(min_length=1, max_length=60)
    first_day: Day
    turn_days: int = Field(ge=1, le=60)
    from_time: Clock
    until_time: Clock = Field(description="as from_time: around the clock")
    last_day: Day | None = None


class Rotation(NewRotation):
    """A rotation with its key."""

    id: int
    people: list[Named]


class Rotations(BaseModel):
    """All rotations of a station."""

    items: list[Rotation]
    next: str | None = None


class NewOverride(BaseModel):
    """A stretch that is otherwise: somebody comes, stays away, or stands in for somebody."""

    role: DutyRole
    from_: Moment = Field(alias="from")
    until: Moment
    account_id: Key | None = Field(default=None, description="who comes")
    replaces: Key | None = Field(default=None, description="who stays away")
    reason: Line = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.account_id is None and self.replaces is None:
            raise ValueError("somebody comes, or somebody stays away")
        if self.from_ >= self.until:
            raise ValueError("it must end after it begins")
        return self


class Override(BaseModel):
    """An override with its key."""

    id: int
    role: DutyRole
    from_: Instant = Field(serialization_alias="from")
    until: Instant
    account: Named | None
    replaces: Named | None
    reason: str


class Overrides(BaseModel):
    """Overrides of a station in the time that was asked for."""

    items: list[Override]
    next: str | None = None


class Holiday(BaseModel):
    """A day on which the week does not count."""

    day: date
    name: str
    works_as: int | None = Field(description="a Sunday that is worked as another day, 1 to 7")


class NewHoliday(BaseModel):
    """What a day is."""

    name: Line = Field(default="", max_length=60)
    works_as: int | None = Field(default=None, ge=1, le=7)


class Holidays(BaseModel):
    """Holidays of the next year."""

    items: list[Holiday]
    next: str | None = None
