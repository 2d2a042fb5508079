"""/care/residents: the record of each person, its changes and its history."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg import Connection

from api import caring, paging, showing
from api.caring import work
from api.guard import Caller, Signed
from api.models.care_people import (
    Change,
    ChangePerson,
    Consent,
    ConsentOut,
    ContactIn,
    ContactOut,
    Contacts,
    DeviceHere,
    Fields,
    History,
    Leave,
    MoveTo,
    NewPerson,
    NextVisit,
    People,
    PersonShort,
    Purpose,
    Record,
    Reveal,
    Revealed,
    Stay,
    WholeContact,
    Worn,
)
from api.models.care_words import Category, HomeShort, Living
from api.models.words import KeyPath, KeyQuery, Line, Named, Text
from api.paging import Cursor, Limit
from api.parts import Needs, Parts, Row
from api.policy import Action, Scope
from api.problems import Problem
from care import identity
from care.store import people, record, visiting
from care.store.record import Call, Wanted
from core.instant import from_datetime, to_datetime

router = APIRouter(prefix="/care/residents", tags=["care: people"])


@router.get("")
async def read_page(
    caller: Signed,
    parts: Needs,
    q: Annotated[Line | None, Query(max_length=60)] = None,
    station: KeyQuery = None,
    category: Annotated[Category | None, Query()] = None,
    living: Annotated[Living | None, Query()] = None,
    grade: Annotated[int | None, Query(ge=-1, le=4, description="-1: not assessed")] = None,
    left: Annotated[bool | None, Query(description="those who have left")] = False,
    cursor: Cursor = None,
    limit: Limit = paging.DEFAULT,
) -> People:
    """People by key; with `q` (name, pinyin, initials, telephone, the tail of a number) the closest first."""
    scope, after = caller.scope(Action.SEE_CARE), paging.decode(cursor, [int])
    filters = (station, category, living, grade)
    narrowed = left is not False or any(one is not None for one in filters)
    most = paging.MOST if narrowed else limit  # what is narrowed afterwards is looked for more widely
    begin = after[0] if after else 0

    def look(conn: Connection[Any]) -> list[Row]:
        found = None if q is None else people.find(conn, q, scope.paths, most) if scope.paths else []
        wanted = Wanted(found, *filters, left)
        rows = record.page(conn, scope.params, wanted, parts.now, most if found else limit + 1, begin)
        return rows if found is None else sorted(rows, key=lambda row: found.index(row["id"]))

    rows = await work(parts, look)
    if q is not None:
        return People(items=[_short(row, parts) for row in rows[:limit]], next=None)
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return People(items=[_short(row, parts) for row in kept], next=following)


@router.post("", status_code=201)
async def add(wish: NewPerson, caller: Signed, parts: Needs) -> Record:
    """Take somebody in. 409 `conflict` when this identity number is in our care already."""
    scope, account, now = caller.scope(Action.SET_CARE), caller.session.account, parts.now
    fields = _fields(wish, parts)
    calls = [_call(one) for one in wish.contacts]

    def take_in(conn: Connection[Any]) -> int:
        with conn.transaction():
            number = fields.pop("identity", "") or ""
            key = record.add(conn, fields, number, wish.home_id, scope.paths, now, account)
            if calls:
                record.put_contacts(conn, key, calls, now, account)
            for purpose in wish.consents:
                record.put_consent(conn, key, purpose, True, now, account)
            return key

    return await _record(parts, scope, await work(parts, take_in))


@router.get("/{resident}")
async def read(resident: KeyPath, caller: Signed, parts: Needs) -> Record:
    """One person. Numbers are masked: see `reveal`."""
    return await _record(parts, caller.scope(Action.SEE_CARE), resident)


@router.patch("/{resident}")
async def change(resident: KeyPath, wish: ChangePerson, caller: Signed, parts: Needs) -> Record:
    """Change what is sent; the rest stays. 409 `lost-race` when it was changed since `version`."""
    scope = await _may(caller, parts, resident)
    fields = _fields(wish, parts)
    account = caller.session.account
    await work(parts, record.change, resident, fields, wish.version, parts.now, account)
    return await _record(parts, scope, resident)


@router.post("/{resident}/move")
async def move(resident: KeyPath, wish: MoveTo, caller: Signed, parts: Needs) -> Record:
    """To another home of one's own stations; the earlier stay ends then."""
    scope, account, now = await _may(caller, parts, resident), caller.session.account, parts.now
    since = wish.since or now
    if since > now:
        raise Problem(422, "not-possible", "a move is written down when it is made")
    await work(parts, record.move, resident, wish.home_id, scope.paths, since, now, account)
    return await _record(parts, scope, resident)


@router.post("/{resident}/leave")
async def leave(resident: KeyPath, wish: Leave, caller: Signed, parts: Needs) -> Record:
    """Out of our care: moved away, or died. What was stays known."""
    scope = await _may(caller, parts, resident)
    if wish.on > parts.now.date():
        raise Problem(422, "not-possible", "that day is still to come")
    await work(parts, record.leave, resident, wish.on, wish.why, parts.now, caller.session.account)
    return await _record(parts, scope, resident)


@router.post("/{resident}/return")
async def come_back(resident: KeyPath, caller: Signed, parts: Needs) -> Record:
    """In our care again; where they live is said with `move`."""
    scope = await _may(caller, parts, resident)
    back = {"left_on": None, "left_why": ""}
    await work(parts, record.change, resident, back, None, parts.now, caller.session.account)
    return await _record(parts, scope, resident)


@router.put("/{resident}/contacts")
async def put_contacts(resident: KeyPath, wish: Contacts, caller: Signed, parts: Needs) -> Record:
    """These, in this order, and nobody else."""
    scope = await _may(caller, parts, resident)
    calls = [_call(one) for one in wish.items]
    await work(parts, record.put_contacts, resident, calls, parts.now, caller.session.account)
    return await _record(parts, scope, resident)


@router.put("/{resident}/consents/{purpose}")
async def put_consent(
    resident: KeyPath, purpose: Purpose, wish: Consent, caller: Signed, parts: Needs
) -> Record:
    """The person agrees, or no longer agrees."""
    scope = await _may(caller, parts, resident)
    account = caller.session.account
    await work(parts, record.put_consent, resident, purpose, wish.given, parts.now, account)
    return await _record(parts, scope, resident)


@router.post("/{resident}/reveal")
async def reveal(resident: KeyPath, wish: Reveal, caller: Signed, parts: Needs) -> Revealed:
    """Whole numbers, for a reason that is kept."""
    await caring.look(parts, caller, resident, Action.REVEAL)
    caring.because(wish.why)
    number, phone, contacts = await work(parts, record.whole, resident)
    said = Revealed()
    if "identity" in wish.what:
        said.identity = number
    if "phone" in wish.what:
        said.phone = phone
    if "contacts" in wish.what:
        said.contacts = [WholeContact(id=c["id"], name=c["name"], phone=c["phone"]) for c in contacts]
    return said


@router.get("/{resident}/history")
async def read_history(resident: KeyPath, caller: Signed, parts: Needs) -> History:
    """Where they lived, what they wore, and who changed what."""
    await caring.look(parts, caller, resident, Action.SEE_CARE)
    found = await work(parts, record.history, resident)
    return History(
        residences=[
            Stay(home=HomeShort(id=s["id"], code=s["code"], address=s["address"]), **_period(s))
            for s in found["residences"]
        ],
        devices=[Worn(device=DeviceHere(**w, resident_id=resident), until=w["until"]) for w in found["worn"]],
        changes=[Change(**c, by=caring.named(c["account_id"], c["account_name"])) for c in found["changes"]],
        consents=[ConsentOut(**c) for c in found["consents"]],
    )


@router.get("/{resident}/next-visit")
async def read_next_visit(resident: KeyPath, caller: Signed, parts: Needs) -> NextVisit:
    """When somebody comes by at the latest; for the family too."""
    await caring.look(parts, caller, resident, Action.SEE_RESIDENTS)
    call = await work(parts, visiting.next_of, resident, parts.now)
    return NextVisit(
        by=to_datetime(call.due.by),
        why=call.due.why,
        text=Text(**caring.both(f"visit_due.{call.due.why}")),
        overdue=call.due.by < from_datetime(parts.now),
        last=None if call.due.last is None else to_datetime(call.due.last),
        category=call.category,  # type: ignore[arg-type]  # a checked column
    )


async def _may(caller: Caller, parts: Parts, resident: int) -> Scope:
    scope = caller.scope(Action.SET_CARE)
    await caring.person(parts, scope, resident)
    return scope


async def _record(parts: Parts, scope: Scope, resident: int) -> Record:
    row = await caring.person(parts, scope, resident)
    said = dict(_short(row, parts)) | {name: row[name] for name in _AS_THEY_ARE}
    said["contacts"] = [_contact(one) for one in row["contacts"]]
    said["consents"] = [ConsentOut(**one) for one in row["consents"]]
    said["devices"] = [DeviceHere(**one) for one in row["devices"]]
    return Record(**said)


_AS_THEY_ARE = (
    "version", "born", "identity", "language", "category_set", "risks", "medicines", "allergies", "doctor",
    "key_note", "left_why", "assessed_at", "time_zone",
)  # fmt: skip


def _short(row: Row, parts: Parts) -> PersonShort:
    caring.shown([row["id"]])
    return PersonShort(
        **{
            name: row[name]
            for name in ("id", "name", "sex", "living", "category", "ability_grade", "left_on")
        },
        age=showing.age(row["born"], parts.now),
        station=Named(id=row["station_id"], name=row["station_name"]),
        home=caring.home(row),
        phone=caring.hidden(row["phone"]),
    )


def _contact(row: Row) -> ContactOut:
    return ContactOut(
        id=row["id"],
        name=row["name"],
        relation=row["relation"],
        phone=caring.hidden(row["phone"]),
        quiet_from=caring.clock(row["quiet_from"]),
        quiet_until=caring.clock(row["quiet_until"]),
    )


def _call(one: ContactIn) -> Call:
    phone = one.phone if not one.phone else _phone(one.phone)
    quiet = caring.minute(one.quiet_from), caring.minute(one.quiet_until)
    return Call(one.name, one.relation, phone, one.id, *quiet)


def _phone(text: str) -> str:
    try:
        return identity.phone(text)
    except identity.IdentityError as error:
        raise caring.wrong(error) from error


def _fields(wish: Fields, parts: Parts) -> dict[str, Any]:
    """What was sent, checked: the number of identity says birthday and sex where these were not sent."""
    sent = {name: getattr(wish, name) for name in wish.model_fields_set if name in Fields.model_fields}
    sent = {n: v for n, v in sent.items() if v is not None or n in ("born", "category", "identity")}
    if sent.get("phone"):
        sent["phone"] = _phone(sent["phone"])
    if sent.get("identity"):
        try:
            sent["identity"] = identity.resident_id(sent["identity"], parts.now.date())
        except identity.IdentityError as error:
            raise caring.wrong(error) from error
        born, sex = identity.born_and_sex(sent["identity"])
        if sent.get("born", born) != born or (sent.get("sex") or sex) != sex:
            raise Problem(422, "identity-disagrees", "the identity number says otherwise")
        sent |= {"born": born, "sex": sex}
    return sent


def _period(row: Row) -> dict[str, Any]:
    return {"since": row["since"], "until": row["until"]}
