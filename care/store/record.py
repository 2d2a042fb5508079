"""A person's record: read within a scope, changed against the version that was read, its history kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from care import search
from care.community import Contact, Resident
from care.identity import masked
from care.store import consents, orders, registry, sealing
from care.store.errors import Conflict, LostRace, Unknown
from care.store.rows import Connection, Row, row, rows
from care.visits.category import category
from core import queries, sealed

Q = queries.load(Path(__file__).with_suffix(".sql"))

_CHANGEABLE = (
    "name", "sex", "born", "phone", "language", "living", "risks", "medicines", "allergies", "doctor",
    "key_note",
)  # fmt: skip
_SEALED = ("name", "phone", "contacts")  # what a change of these was, too
_KEPT = (*_CHANGEABLE, "category", "category_set", "left_on", "left_why")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people; None does not narrow down. `left`: whether they have left, None: both."""

    ids: Sequence[int] | None = None
    station: int | None = None
    category: str | None = None
    living: str | None = None
    grade: int | None = None
    left: bool | None = False


@dataclass(frozen=True, slots=True)
class Call:
    """A contact as it is kept: `key` names one whose number is not sent again; quiet minutes are local."""

    name: str
    relation: str = ""
    phone: str | None = None
    key: int | None = None
    quiet_from: int | None = None
    quiet_until: int | None = None


def page(
    conn: Connection, scope: Row, wanted: Wanted, now: datetime, limit: int, after: int = 0
) -> list[Row]:
    """At most `limit` people of the scope with keys above `after`, by key."""
    values = {name: getattr(wanted, name) for name in Wanted.__slots__}
    values["ids"] = None if wanted.ids is None else list(wanted.ids)
    return rows(conn, Q["page"], {**scope, **values, "now": now, "limit": limit, "after": after})


def one(conn: Connection, scope: Row, resident: int, now: datetime) -> Row | None:
    """The whole record with contacts, consents and devices; None outside the scope.

    The number of identity is masked by the statement: the whole never comes this way.
    """
    values = {**scope, "resident": resident, "now": now}
    found = row(conn, Q["one"], values)
    if found is None:
        return None
    found["identity"] = masked(found["identity"] or "", 3, 4)
    values["home"] = found["home_id"]
    return found | {name: rows(conn, Q[name], values) for name in ("contacts", "consents", "devices")}


def history(conn: Connection, resident: int) -> dict[str, list[Row]]:
    """residences, worn, changes and consents, each the latest first."""
    names = ("residences", "worn", "changes", "consents")
    told = {name: rows(conn, Q[name], {"resident": resident}) for name in names}
    for one in told["changes"]:
        one |= {name: sealed.opened_within(one[name]) for name in ("before", "after")}
    return told


def add(
    conn: Connection, person: Mapping[str, Any], identity: str, home: int, paths: Sequence[str],
    now: datetime, account: int | None,
) -> int:  # fmt: skip
    """A new person who lives in `home` from now on; returns the key.

    `person` has the changeable fields, and `category` (None: as grade and living say). Raises Unknown for a
    home outside `paths`, Conflict when somebody with this number is in our care already.
    """
    with conn.transaction():
        place = row(conn, Q["home"], {"home": home, "paths": list(paths)})
        if place is None:
            raise Unknown(f"there is no home {home}")
        key = registry.add_resident(conn, Resident(name=person["name"]), place["station_id"], now)
        kept = {name: person.get(name, "") for name in _CHANGEABLE} | {
            "left_on": None,
            "left_why": "",
            "id": key,
        }
        kept |= {"born": person.get("born"), "language": person.get("language") or "zh"}
        kept |= _categories(person.get("category"), None, kept["living"])
        _update(conn, kept)
        _identify(conn, key, identity)
        _index(conn, key)
        registry.move(conn, key, home, now)
        _note(conn, key, "taken_in", None, {"home": home}, now, account)
    return key


def change(
    conn: Connection, resident: int, fields: Mapping[str, Any], version: int | None, now: datetime,
    account: int | None,
) -> None:  # fmt: skip
    """Change only what is in `fields` (the changeable ones, `category`, `identity`, `left_on`, `left_why`).

    Raises LostRace when `version` is not the record's any more, Conflict when the number is somebody else's.
    """
    with conn.transaction():
        before = _held(conn, resident)
        if version is not None and before["version"] != version:
            raise LostRace("the record was changed since it was read")
        kept = {name: before[name] for name in _KEPT} | {"id": resident}
        kept |= {name: value for name, value in fields.items() if name in _KEPT and name != "category"}
        if "category" in fields:
            kept |= _categories(fields["category"], before["ability_grade"], kept["living"])
        elif not before["category_set"]:
            kept |= _categories(None, before["ability_grade"], kept["living"])
        _update(conn, kept)
        if "identity" in fields:
            _identify(conn, resident, fields["identity"] or "")
            _note(conn, resident, "identity", None, None, now, account)
        if {"name", "phone", "identity"} & set(fields):
            _index(conn, resident)
        for name in _KEPT:
            if before[name] != kept[name]:
                _note(conn, resident, name, before[name], kept[name], now, account)


def follow_grade(conn: Connection, resident: int, now: datetime, account: int | None) -> None:
    """After an assessment: whoever was put into no category by hand goes where the grade says."""
    before = _held(conn, resident)
    said = category(before["ability_grade"], before["living"])
    done = conn.execute(Q["follow_grade"], {"resident": resident, "category": said})
    if done.rowcount:
        _note(conn, resident, "category", before["category"], said, now, account)


def move(
    conn: Connection, resident: int, home: int, paths: Sequence[str], since: datetime, now: datetime,
    account: int | None,
) -> None:  # fmt: skip
    """The person lives in `home` from `since` on. Raises Unknown, and Conflict for a time that is taken."""
    with conn.transaction():
        before = _held(conn, resident)
        if row(conn, Q["home"], {"home": home, "paths": list(paths)}) is None:
            raise Unknown(f"there is no home {home}")
        try:
            registry.move(conn, resident, home, since)
        except psycopg.errors.ExclusionViolation as error:
            raise Conflict("they lived somewhere else since then") from error
        conn.execute(Q["homes_stations"], {"resident": resident, "home": home})
        if before["left_on"] is not None:
            change(conn, resident, {"left_on": None, "left_why": ""}, None, now, account)
        _note(conn, resident, "home", None, home, now, account)
        registry.ring(conn)


def leave(conn: Connection, resident: int, on: date, why: str, now: datetime, account: int | None) -> None:
    """Out of our care: nobody lives there, nothing is worn or brought any more. What was stays known."""
    with conn.transaction():
        change(conn, resident, {"left_on": on, "left_why": why}, None, now, account)
        for name in ("end_residence", "take_off"):
            conn.execute(Q[name], {"resident": resident, "now": now})
        orders.cancel_ahead(conn, resident, now, account, why or "left")
        registry.ring(conn)


def put_contacts(
    conn: Connection, resident: int, calls: Sequence[Call], now: datetime, account: int | None
) -> None:
    """Whom to call, in this order, and nobody else. One with `key` and no `phone` keeps its number."""
    with conn.transaction():
        _held(conn, resident)
        known = {one["id"]: one["phone"] for one in rows(conn, Q["contacts"], {"resident": resident})}
        people = []
        for call in calls:
            kept = known.get(call.key, "") if call.key is not None else ""
            phone = call.phone if call.phone is not None else kept
            people.append(Contact(name=call.name, relation=call.relation, phone=phone))
        registry.put_contacts(conn, resident, people)
        for rank, call in enumerate(calls, start=1):
            quiet = {"quiet_from": call.quiet_from, "quiet_until": call.quiet_until}
            conn.execute(Q["put_quiet"], {"resident": resident, "rank": rank, **quiet})
        names = [call.name for call in calls]
        _note(conn, resident, "contacts", len(known), names, now, account)


def put_consent(
    conn: Connection, resident: int, purpose: str, given: bool, now: datetime, account: int | None
) -> None:
    """The person agrees, or no longer agrees, to `purpose`."""
    with conn.transaction():
        _held(conn, resident)
        if given:
            consents.give(conn, resident, purpose, now, account)
        else:
            consents.withdraw(conn, resident, purpose, now, account)
        _note(conn, resident, f"consent.{purpose}", None, given, now, account)


def whole(conn: Connection, resident: int) -> tuple[str, str, list[Row]]:
    """(identity number, telephone, contacts with their numbers): for who says why, and is written down."""
    number = conn.execute(Q["identity"], {"resident": resident}).fetchone()
    person = _held(conn, resident)
    return number[0] if number else "", person["phone"], rows(conn, Q["contacts"], {"resident": resident})


def _held(conn: Connection, resident: int) -> Row:
    found = row(conn, Q["hold"], {"resident": resident})
    if found is None:
        raise Unknown(f"there is no resident {resident}")
    return found


def _categories(said: str | None, grade: int | None, living: str) -> Row:
    return {"category": said or category(grade, living), "category_set": said is not None}


def _update(conn: Connection, kept: Row) -> None:
    place = sealing.place(conn, kept["id"])
    conn.execute(Q["update"], kept | {name: sealed.seal(kept[name], place) for name in ("name", "phone")})


def _identify(conn: Connection, resident: int, number: str) -> None:
    if not number:
        conn.execute(Q["drop_identity"], {"resident": resident})
        return
    said = sealed.seal(number, sealing.place(conn, resident))
    conn.execute(Q["put_identity"], {"resident": resident, "number": said})


def _index(conn: Connection, resident: int) -> None:
    """What the person is found by; raises Conflict when somebody else has the number of identity."""
    number, phone, contacts = whole(conn, resident)
    words = search.keys(_held(conn, resident)["name"], phone, number, (one["phone"] for one in contacts))
    values = {"resident": resident, "keys": sealing.hidden(words)}
    try:
        with conn.transaction():
            conn.execute(Q["forget_keys"], values)
            conn.execute(Q["put_keys"], values)
    except psycopg.errors.UniqueViolation as error:
        raise Conflict("somebody with this identity number is in our care already") from error


def _note(
    conn: Connection, resident: int, what: str, before: Any, after: Any, now: datetime, account: int | None
) -> None:
    values = {"resident": resident, "what": what, "now": now, "account": account}
    if what in _SEALED:
        place = sealing.place(conn, resident)
        before, after = sealed.sealed_within(before, place), sealed.sealed_within(after, place)
    conn.execute(Q["note"], {**values, "before": _json(before), "after": _json(after)})


def _json(value: Any) -> Jsonb | None:
    if value is None:
        return None
    return Jsonb(value.isoformat() if isinstance(value, date) else value)
