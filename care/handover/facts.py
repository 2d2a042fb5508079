"""What the page says, as a value: gathered once, shown as PDF and as FHIR."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from care.community import Contact

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vital:
    """One metric over the last 24 hours; `unit` as in UCUM."""

    metric: str
    unit: str
    latest: float
    at: datetime
    least: float
    greatest: float
    number: int


@dataclass(frozen=True, slots=True)
class Happening:
    """The incident that the page is about; `text` in every language."""

    number: int
    title: Words
    text: Words
    onset: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything that the next hands need; instants are aware, `zone` is the station's."""

    resident: int
    name: str
    sex: str
    born: date | None
    phone: str
    address: str
    access_note: str
    grade: int | None
    risks: str
    medicines: str
    allergies: str
    doctor: str
    station: str
    station_phone: str
    zone: str
    made_at: datetime
    contacts: tuple[Contact, ...] = ()
    vitals: tuple[Vital, ...] = ()
    last_activity_at: datetime | None = None
    last_room: str = ""
    active_hours: tuple[int, ...] = ()
    happening: Happening | None = None

    @property
    def age(self) -> int | None:
        """Years on the day the page was made."""
        if self.born is None:
            return None
        day = self.made_at.date()
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
