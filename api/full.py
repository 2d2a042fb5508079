"""One incident in full, each part only for whom it is."""

from uuid import UUID

from alerts import texts
from alerts.dispatch import store as dispatch
from api import showing
from api.acting import in_thread
from api.guard import Caller
from api.models.incident_full import (
    Candidate,
    IncidentFull,
    Offer,
    Recipient,
    ResidentDetail,
    Sent,
    Texts,
)
from api.models.words import Named
from api.parts import Connection, Parts, Row
from api.policy import Action
from api.store import incidents, offers, reaching


async def gather(conn: Connection, parts: Parts, caller: Caller, row: Row) -> IncidentFull:
    """All there is about `row`, a row of `incident_card` in the caller's scope."""
    see, act = caller.scope(Action.SEE_INCIDENTS), caller.may(Action.ACT_ON_INCIDENTS)
    key, resident, zone = row["id"], row["resident_id"], row["time_zone"]
    staff = caller.may(Action.SEE_CONTACTS).covers(row["path"], row["subjects"])
    # What is about a home concerns all who live there.
    whose = [resident] if resident else row["subjects"]
    contacts = await incidents.contacts(conn, whose) if staff and whose else []
    note = await incidents.access_note(conn, row["home_id"]) if staff and row["home_id"] else ""
    others = await incidents.recent(conn, see, key, resident) if resident else []
    person = await incidents.person(conn, resident) if resident else None
    age = showing.age(person["born"], parts.now) if person else None
    return IncidentFull(
        **dict(showing.incident(row, showing.legal(row, act))),
        events=[showing.event(one, zone, notes=staff) for one in await incidents.events(conn, key)],
        findings=[showing.finding(one, zone) for one in await incidents.findings(conn, key)],
        contacts=[showing.contact(one, zone, parts.now, several=not resident) for one in contacts],
        resident_detail=_detail(person, age, staff=staff),
        access_note=note,
        recent=[showing.incident(one, showing.legal(one, act)) for one in others],
        offers=[offer(one) for one in await offers.of_incident(conn, key)] if staff else [],
        candidates=await _candidates(parts, key) if _may_send(caller, row) else [],
        notifications=await _sent(conn, key) if staff else [],
        viewers=_viewers(parts, key) if staff else [],
        texts=await _texts(parts, key) if staff else None,
    )


async def _texts(parts: Parts, incident: UUID) -> Texts | None:
    found = await in_thread(parts, texts.drafts, incident, parts.clock.now())
    return None if found is None else Texts.model_validate(found)


def _viewers(parts: Parts, incident: UUID) -> list[Named]:
    found = parts.hub.viewers(incident) if parts.hub is not None else []
    return [Named(id=account, name=name) for account, name in found]


def _may_send(caller: Caller, row: Row) -> bool:
    return row["closed_at"] is None and caller.may(Action.SEND_SOMEBODY).covers(row["path"])


async def _candidates(parts: Parts, incident: UUID) -> list[Candidate]:
    found = await in_thread(parts, dispatch.candidates, incident, parts.clock.now())
    return [
        Candidate(
            account=Named(id=one.account_id, name=one.name),
            distance_m=one.distance_m,
            travel_s=one.travel_s,
            available=one.available,
        )
        for one in found
    ]


def _detail(person: Row | None, age: int | None, *, staff: bool) -> ResidentDetail | None:
    if person is None:
        return None
    return ResidentDetail(
        age=age,
        living=person["living"],
        ability_grade=person["ability_grade"],
        risks=person["risks"],
        phone=person["phone"],
        medicines=person["medicines"] if staff else "",
        allergies=person["allergies"] if staff else "",
        doctor=person["doctor"] if staff else "",
    )


def offer(row: Row) -> Offer:
    """Somebody who was asked to go."""
    known = {name: row[name] for name in Offer.model_fields if name in row}
    return Offer(**known, account=Named(id=row["account_id"], name=row["account_name"]))


async def _sent(conn: Connection, incident: UUID) -> list[Sent]:
    return [sent(row) for row in await reaching.of_incident(conn, incident)]


def sent(row: Row) -> Sent:
    """A message about an incident, and how far it has come."""
    known = {name: row[name] for name in Sent.model_fields if name in row}
    arrived = row["last_outcome"] in ("", "sent")
    return Sent(
        **known,
        recipient=Recipient(kind=row["recipient_kind"], id=row["recipient_id"], name=row["name"] or ""),
        error="" if arrived else row["last_outcome"],
    )
