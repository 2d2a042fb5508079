"""Rows of the store turned into what the API shows, with its sentences in both languages."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from alerts.escalation.who import resting
from alerts.incident import State
from alerts.lifecycle import allowed
from alerts.quiet import local_time
from api.models.devices import Device, HomeRef
from api.models.incident_full import Contact, Event, FindingOut
from api.models.incidents import (
    ActionName,
    DeviceRef,
    Engine,
    HomeAddress,
    HomePlace,
    Incident,
    NextStep,
    StationRef,
)
from api.models.residents import Resident
from api.models.words import Named, Text
from api.parts import Row
from api.policy import Scope
from core import messages
from core.instant import from_datetime


def _named(key: int | None, name: str | None) -> Named | None:
    return None if key is None else Named(id=key, name=name or "")


def title(kind: str, severity: str, time_zone: str) -> Text:
    """What an incident of `kind` is called, more closely where `severity` has a name of its own."""
    special = f"title.{kind}.{severity}"
    key = special if special in messages.catalogue() else f"title.{kind}"
    return Text.model_validate(messages.both(key, {}, time_zone))


def _sentence(row: Row, time_zone: str) -> Text:
    return Text.model_validate(messages.both(row["reason_key"], row["reason_params"], time_zone))


def legal(row: Row, act: Scope) -> Sequence[str]:
    """What somebody who may act within `act` may do to the incident now."""
    return allowed(State(row["state"])) if act.covers(row["path"], row["subjects"]) else ()


def incident(row: Row, actions: Sequence[str] = ()) -> Incident:
    """A row of `incident_card`; `actions` is what its reader may do (`legal`)."""
    station = None
    if row["station_id"] is not None:
        station = StationRef(
            id=row["station_id"], name=row["station_name"] or "", name_en=row["station_name_en"] or ""
        )
    home = None
    if row["home_id"] is not None:
        home = HomePlace(
            id=row["home_id"],
            code=row["home_code"] or "",
            address=row["address"] or "",
            lat=row["lat"],
            lon=row["lon"],
        )
    device = None
    if row["device_id"] is not None:
        device = DeviceRef(id=row["device_id"], code=row["device_code"] or "", kind=row["device_kind"] or "")
    return Incident(
        **{name: row[name] for name in _AS_THEY_ARE},
        station=station,
        home=home,
        device=device,
        resident=_named(row["resident_id"], row["resident_name"]),
        reported_by=_named(row["reported_by"], row["reported_name"]),
        next_step=next_step(row),
        title=title(row["kind"], row["severity"], row["time_zone"]),
        text=_sentence(row, row["time_zone"]),
        acknowledged_by=_named(row["acknowledged_by"], row["acknowledged_name"]),
        allowed=[_action(name) for name in actions],
    )


def where_and_what(row: Row) -> Incident:
    """For who is asked to go and may see nothing else: the place and the kind of help, and nobody's data."""
    shown = incident(row)
    nobody = {"resident": None, "text": shown.title, "probability": None, "device": None, "reported_by": None}
    return shown.model_copy(update=nobody)


_AS_THEY_ARE = (
    "id", "number", "version", "kind", "severity", "priority", "state", "drill", "onset", "detected_at",
    "opened_at", "state_since", "next_step_at", "closed_at", "room", "probability", "outcome", "level",
    "drill_id", "rang_again_at",
)  # fmt: skip
_STEPS: dict[str, Literal["opens", "lapses", "escalates"]] = {
    "detected": "opens", "acknowledged": "lapses", "open": "escalates",
}  # fmt: skip


def next_step(row: Row) -> NextStep | None:
    """What happens to a row of `incident_card` by itself first, and when; None when nothing does."""
    what, at, offered = _STEPS.get(row["state"]), row["next_step_at"], row["offer_expires_at"]
    if row["closed_at"] is not None:
        return None
    if offered is not None and (what is None or at is None or offered < at):
        return NextStep(what="offer_expires", at=offered)
    return None if what is None or at is None else NextStep(what=what, at=at)


def _action(name: str) -> ActionName:
    return name  # type: ignore[return-value]  # the life cycle's names; a spec test compares the two lists


def event(row: Row, time_zone: str, *, notes: bool) -> Event:
    """A step of an incident's life; with `notes`, what staff wrote and photographed for each other."""
    data = {name: value for name, value in row["data"].items() if notes or name not in ("note", "photo")}
    via = str(data.get("via", ""))
    actor: Named | Engine = Engine(system=via if via.startswith("console:") else "engine")
    if row["actor_id"] is not None:
        actor = Named(id=row["actor_id"], name=row["actor_name"] or "")
    return Event(
        n=row["n"],
        at=row["at"],
        kind=row["kind"],
        actor=actor,
        data=data,
        text=Text.model_validate(messages.both(f"event.{row['kind']}", data, time_zone)),
    )


def finding(row: Row, time_zone: str) -> FindingOut:
    """What a detector said."""
    return FindingOut(
        kind=row["kind"],
        severity=row["severity"],
        revision=row["revision"],
        onset=row["onset"],
        detected_at=row["detected_at"],
        probability=row["probability"],
        text=_sentence(row, time_zone),
        evidence=row["evidence"],
    )


def age(born: date | None, now: datetime) -> int | None:
    """Whole years from the date `born` to `now`."""
    if born is None:
        return None
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


def resident(row: Row, now: datetime) -> Resident:
    """A row of `residents` as it stands at `now`."""
    home = None
    if row["home_id"] is not None:
        home = HomeAddress(id=row["home_id"], code=row["home_code"], address=row["address"])
    return Resident(
        id=row["id"],
        name=row["name"],
        sex=row["sex"],
        age=age(row["born"], now),
        living=row["living"],
        ability_grade=row["ability_grade"],
        station_id=row["station_id"],
        home=home,
        state=row["state"],
        last_activity_at=row["last_activity_at"],
        last_room=row["last_room"],
        open_incidents=row["open_incidents"],
        devices_online=row["devices_online"],
        devices_total=row["devices_total"],
    )


def contact(row: Row, time_zone: str, now: datetime, *, several: bool = False) -> Contact:
    """Whom to call, and whether they want to be left alone now; `several`: also of whom."""
    start, end = row["quiet_from"], row["quiet_until"]
    return Contact(
        rank=row["rank"],
        name=row["name"],
        relation=row["relation"],
        phone=row["phone"],
        of=row["of"] if several else "",
        quiet_from=_clock(start),
        quiet_until=_clock(end),
        resting=resting(local_time(from_datetime(now), time_zone), start, end),
    )


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def device(row: Row) -> Device:
    """An installed device."""
    return Device(
        id=row["id"],
        code=row["code"],
        kind=row["kind"],
        model=row["model"],
        home=HomeRef(id=row["home_id"], code=row["home_code"]),
        room=row["room"],
        site=row["site"],
        resident=_named(row["resident_id"], row["resident_name"]),
        online=row["online"],
        last_seen=row["last_seen"],
        battery=row["battery"],
        rssi=row["rssi"],
        firmware=row["firmware"],
    )
