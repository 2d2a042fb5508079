"""Taking in many people at once: columns are copied, not rows inserted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.range import TimestamptzRange

from care.identity import IdentityError, resident_id
from care.intake.checking import Known, Person, home_code
from care.search import identity_key, keys
from care.store.errors import CareError, Conflict
from care.store.sealing import hidden
from core import queries, sealed

Q = queries.load(Path(__file__).with_suffix(".sql"))

Progress = Callable[[int], None]
_Row = tuple[int, Mapping[str, str]]


def known(conn: psycopg.Connection[Any], rows: Sequence[_Row], paths: Sequence[str], now: datetime) -> Known:
    """What is recorded of the stations below `paths` and of the homes and numbers that `rows` name."""
    codes = list({home_code(line, cells) for line, cells in rows})
    said = _numbers((cells.get("identity", "") for _, cells in rows), now)
    numbers = {hidden([identity_key(number)])[0]: number for number in said}
    return Known(
        stations=frozenset(row[0] for row in conn.execute(Q["stations"], {"paths": list(paths)})),
        homes=dict(conn.execute(Q["homes"], {"codes": codes}).fetchall()),
        people=frozenset(conn.execute(Q["people_of_homes"], {"codes": codes}).fetchall()),
        identities=frozenset(
            numbers[row[0]] for row in conn.execute(Q["identities"], {"numbers": list(numbers)})
        ),
    )


def take_in(
    conn: psycopg.Connection[Any],
    people: Sequence[Person],
    paths: Sequence[str],
    now: datetime,
    progress: Progress = lambda done: None,
) -> int:
    """Take everybody in, in one transaction; they live there from `now` on. Returns how many.

    Raises CareError, and changes nothing, when what `checking.check` was told has changed since.
    """
    with conn.transaction():
        stations = dict(conn.execute(Q["stations"], {"paths": list(paths)}).fetchall())
        if missing := {person.station for person in people} - set(stations):
            raise CareError(f"no longer there, or no longer yours: {', '.join(sorted(missing))}")
        homes = _homes(conn, people, stations, now)
        ids = [row[0] for row in conn.execute(Q["reserve"], {"n": len(people)})]
        places = sealed.places(conn, len(people))
        try:
            _copy_people(conn, people, ids, places, stations, now)
            _copy_rest(conn, people, ids, places, homes, now, progress)
        except psycopg.errors.UniqueViolation as error:
            raise Conflict("somebody of the sheet was taken in meanwhile: look at it again") from error
    return len(people)


def _homes(
    conn: psycopg.Connection[Any], people: Sequence[Person], stations: Mapping[str, int], now: datetime
) -> dict[str, int]:
    first = {person.home: person for person in reversed(people)}
    values = {
        "codes": list(first),
        "stations": [stations[person.station] for person in first.values()],
        "addresses": [person.texts.get("address", "") for person in first.values()],
        "notes": [person.texts.get("access_note", "") for person in first.values()],
        "now": now,
    }
    conn.execute(Q["add_homes"], values)
    homes = {}
    for code, home_id, station_id in conn.execute(Q["home_ids"], {"codes": list(first)}):
        if station_id != stations[first[code].station]:
            raise Conflict(f"another station answers for home {code}")
        homes[code] = home_id
    return homes


def _copy_people(
    conn: psycopg.Connection[Any],
    people: Sequence[Person],
    ids: Sequence[int],
    places: Sequence[int],
    stations: Mapping[str, int],
    now: datetime,
) -> None:
    columns = (
        "COPY resident (id, station_id, name, sex, born, phone, living, category, ability_grade, risks,"
        " medicines, allergies, doctor, created_at, seal_key) FROM STDIN"
    )
    with conn.cursor() as cursor, cursor.copy(columns) as copy:
        for key, place, one in zip(ids, places, people, strict=True):
            texts = (one.texts.get(name, "") for name in ("risks", "medicines", "allergies", "doctor"))
            name, phone = sealed.seal(one.name, place), sealed.seal(one.phone, place)
            known_as = (key, stations[one.station], name, one.sex, one.born, phone)
            copy.write_row((*known_as, one.living, one.category, one.grade, *texts, now, place))


def _copy_rest(
    conn: psycopg.Connection[Any],
    people: Sequence[Person],
    ids: Sequence[int],
    places: Sequence[int],
    homes: Mapping[str, int],
    now: datetime,
    progress: Progress,
) -> None:
    since = TimestamptzRange(now, None)
    with conn.cursor() as cursor:
        with cursor.copy("COPY residence (resident_id, home_id, during) FROM STDIN") as copy:
            for key, one in zip(ids, people, strict=True):
                copy.write_row((key, homes[one.home], since))
        with cursor.copy("COPY contact (resident_id, rank, name, relation, phone) FROM STDIN") as copy:
            for key, place, one in zip(ids, places, people, strict=True):
                for rank, contact in enumerate(one.contacts, start=1):
                    name, phone = sealed.seal(contact.name, place), sealed.seal(contact.phone, place)
                    copy.write_row((key, rank, name, contact.relation, phone))
        with cursor.copy("COPY resident_identity (resident_id, number) FROM STDIN") as copy:
            for key, place, one in zip(ids, places, people, strict=True):
                if one.identity:
                    copy.write_row((key, sealed.seal(one.identity, place)))
        with cursor.copy("COPY resident_key (resident_id, key) FROM STDIN") as copy:
            for done, (key, one) in enumerate(zip(ids, people, strict=True), start=1):
                called = (contact.phone for contact in one.contacts)
                for word in hidden(keys(one.name, one.phone, one.identity, called)):
                    copy.write_row((key, word))
                if done % 1000 == 0:
                    progress(done)


def _numbers(texts: Iterable[str], now: datetime) -> Iterable[str]:
    for text in texts:
        try:
            yield resident_id(text, now.date())
        except IdentityError:
            continue
