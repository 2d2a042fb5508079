"""Taking in what was before, in one transaction, through the same functions that write it down today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from care.adaptation.lifecycle import Refusal as TaskRefusal
from care.assessment.grading import Health
from care.orders.lifecycle import Refusal
from care.past import Hazard, Order, Past, Person, Place, Provider, Visit
from care.store import (
    adaptation,
    assessments,
    ordering,
    orders,
    organisation,
    past,
    record,
    visiting,
    visits,
    volunteers,
)
from care.store.errors import CareError, Conflict
from care.store.rows import Connection, Row
from care.visits.rhythm import Result, Way

_SCOPE: Row = {"paths": [""], "residents": []}
_AFTER = timedelta(minutes=10)  # a visit is written down when it is over


@dataclass(slots=True)
class Recalled:
    """What a document came to."""

    assessments: int = 0
    visits: int = 0
    orders: int = 0
    hazards: int = 0
    accounts: dict[str, int] = field(default_factory=dict)


def recall(conn: Connection, what: Past, now: datetime) -> Recalled | None:
    """Take everything in; None when this document was told before.

    Raises CareError, and changes nothing, when it does not fit what is there.
    """
    with conn.transaction():
        if past.known(conn, _mark(what.id, "visit", 0)):
            return None
        done = Recalled()
        for place in what.places:
            _furnish(conn, place)
        for helper in what.helpers:
            account = past.helper(conn, helper, what.since)
            done.accounts[helper.login] = account
            if helper.volunteer:
                _join(conn, account, past.station(conn, helper.station), what.since)
        for provider in what.providers:
            _offer(conn, provider, what.since)
        for person in what.people:
            _tell(conn, what.id, person, now, done)
    return done


def _mark(document: UUID, kind: str, number: int) -> UUID:
    return uuid5(document, f"{kind}/{number}")


def _furnish(conn: Connection, place: Place) -> None:
    key = past.station(conn, place.code)
    organisation.put_area(conn, key, place.area)
    hours = [(weekday, _minutes(start), _minutes(end)) for weekday, start, end in place.hours]
    organisation.put_hours(conn, key, hours)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _join(conn: Connection, account: int, station: int, since: datetime) -> None:
    try:
        volunteers.add(conn, account, station, since)
    except Conflict:
        return  # they are one already


def _offer(conn: Connection, provider: Provider, since: datetime) -> None:
    station = past.station(conn, provider.station)
    key = orders.add_provider(conn, station, provider.name, provider.phone)
    for line in provider.menu:
        prices = (line.price_fen, line.subsidy_fen, line.name_en)
        service = orders.Service(station, key, line.kind, line.name, *prices)
        orders.add_service(conn, service, since)


def _tell(conn: Connection, document: UUID, person: Person, now: datetime, done: Recalled) -> None:
    resident = past.person(conn, person.home, person.name, now)
    known = {name: getattr(person, name) for name in ("medicines", "allergies", "doctor", "key_note")}
    if any(known.values()):
        record.change(conn, resident, known, None, now, None)
    for one in person.assessments:
        mark = _mark(document, "assessment", done.assessments)
        answers = dict(one.answers)
        assessments.once(
            conn, mark, resident, answers, Health(), one.at, one.at + _AFTER, one.assessors, None
        )
        record.follow_grade(conn, resident, one.at + _AFTER, None)
        done.assessments += 1
    for at, what in person.changes:
        visits.note_change(conn, resident, at, what, at, None)
    for visit in person.visits:
        _visit(conn, document, resident, visit, done)
    for order in person.orders:
        _order(conn, document, resident, order, done)
    for hazard in person.hazards:
        _hazard(conn, resident, hazard, done)


def _visit(conn: Connection, document: UUID, resident: int, visit: Visit, done: Recalled) -> None:
    mark = _mark(document, "visit", done.visits)
    found = visiting.Found(
        resident, visit.at, Way(visit.way), Result(visit.result), visit.note, visit.minutes,
        again=True, request=mark,
    )  # fmt: skip
    key, _ = visiting.record(conn, found, visit.at + _AFTER, done.accounts[visit.by])
    done.visits += 1
    if visit.confirmed:
        row = visiting.one(conn, _SCOPE, key)
        visiting.confirm(conn, row, visit.at + timedelta(days=1), done.accounts[visit.confirmed])


def _order(conn: Connection, document: UUID, resident: int, order: Order, done: Recalled) -> None:
    lines = {line["name"]: line["id"] for line in orders.menu(conn, resident, order.at)}
    if order.service not in lines:
        raise CareError(f"{order.service} was not on the menu")
    account, mark = done.accounts[order.by], _mark(document, "order", done.orders)
    key = ordering.request(
        conn, resident, lines[order.service], order.via, order.wanted_at, order.at, account, order.note, mark
    )
    done.orders += 1
    for action, at, login, note in order.steps:
        became = ordering.act(
            conn, key, action, at, done.accounts[login], note=note, rating=order.rating, minutes=order.minutes
        )
        if isinstance(became, Refusal):
            raise CareError(f"an order cannot be taken through {action}: {became.value}")


def _hazard(conn: Connection, resident: int, hazard: Hazard, done: Recalled) -> None:
    found = adaptation.Found(hazard.kind, hazard.room, hazard.note)
    (key,) = adaptation.open_(conn, resident, [found], "hand", hazard.at, done.accounts[hazard.by])
    done.hazards += 1
    for action, at, login, said in hazard.steps:
        note, day = ("", said) if action == "plan" else (said, None)
        became = adaptation.act(conn, key, action, at, done.accounts[login], note=note, day=day)
        if isinstance(became, TaskRefusal):
            raise CareError(f"a hazard cannot be taken through {action}: {became.value}")
