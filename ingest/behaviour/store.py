"""The tables of daily life, on a connection of the store's: call within its transactions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from psycopg import Connection, Cursor
from psycopg.types.json import Jsonb

from analytics.inactivity_presence import Presence
from analytics.living.day import HomeDay
from analytics.living.drift import Visit
from analytics.silence_patience import Ruling
from core.instant import to_datetime
from core.profile import BY_GRADE, ORDINARY, Profile
from core.queries import load

Q = load(Path(__file__).parent / "queries.sql")
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the detectors of daily life leave behind.

    Attributes:
        presences: where people now seem to be. returned: (home, instant) of holidays that are over.
        days: finished days. visits: (resident, day on which it was found, what was found).
    """

    presences: Sequence[Presence] = ()
    returned: Sequence[tuple[int, int]] = ()
    days: Sequence[HomeDay] = ()
    visits: Sequence[tuple[int, int, Visit]] = field(default=())

    def __bool__(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.presences or self.returned or self.days or self.visits)


NOTHING = Behaviour()


def profiles(conn: Connection[Any]) -> dict[int, Profile]:
    """How residents want to be watched over; who is not among them is ordinary."""
    return {row[0]: _profile(*row[1:]) for row in conn.execute(Q["profiles"])}


def rulings(conn: Connection[Any], since: int, until: int | None = None) -> dict[int, list[Ruling]]:
    """Home -> what was said of its alarms of silence from `since` on and before `until`."""
    asked = {"since": to_datetime(since), "until": None if until is None else to_datetime(until)}
    said: dict[int, list[Ruling]] = {}
    for home, onset, at, ordinary in conn.execute(Q["rulings"], asked):
        said.setdefault(home, []).append(Ruling(home, onset, at, ordinary))
    return said


def days(conn: Connection[Any], since: int, homes: Sequence[int] | None = None) -> list[HomeDay]:
    """Finished days from day `since` on, of `homes` or of all."""
    named = Q["days"] if homes is None else Q["days_of"]
    return [HomeDay(*row) for row in conn.execute(named, {"since": since, "homes": homes})]


def write(cursor: Cursor[Any], behaviour: Behaviour, now: int) -> None:
    """Store all of it."""
    if behaviour.presences:
        rows = [(w.word, w.since, w.home) for w in sorted(behaviour.presences)]
        cursor.executemany(Q["presences"], rows)
    for home, at in behaviour.returned:
        cursor.execute(Q["returned"], {"home": home, "at": at})
    if behaviour.days:
        rows_of_days = [(d.home, d.day, [float(figure) for figure in d.figures]) for d in behaviour.days]
        cursor.executemany(Q["put_day"], rows_of_days)
    for resident, day, visit in behaviour.visits:
        cursor.execute(Q["put_visit"], _visit_row(resident, day, visit, now))


def _profile(
    grade: int | None,
    tolerated: float | None,
    holiday_from: int | None,
    holiday_until: int | None,
    visitors_until: int | None,
    bathroom_limit_s: int | None,
    night_from: int | None,
    night_until: int | None,
) -> Profile:
    usual = BY_GRADE.get(grade, ORDINARY.tolerated_per_month) if grade is not None else None
    profile = Profile(
        tolerated_per_month=tolerated or usual or ORDINARY.tolerated_per_month,
        holiday_from=holiday_from or 0,
        holiday_until=holiday_until or 0,
        visitors_until=visitors_until or 0,
        bathroom_limit_s=bathroom_limit_s,
    )
    night = {"night_from": night_from, "night_until": night_until}
    return replace(profile, **{name: minute for name, minute in night.items() if minute is not None})


def _visit_row(resident: int, day: int, visit: Visit, now: int) -> Mapping[str, Any]:
    date = _EPOCH + dt.timedelta(days=day)
    return {
        "resident": resident,
        "week": date - dt.timedelta(days=date.weekday()),
        "score": visit.score,
        "reasons": Jsonb([asdict(reason) for reason in visit.reasons]),
        "series": Jsonb(
            {figure: [list(point) for point in series] for figure, series in visit.series.items()}
        ),
        "now": to_datetime(now),
    }
