"""What FHIR tells, a page of each resource: resources of api.fhir, made of rows within a scope."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

from api.audit import trail
from api.fhir import happenings, observations, people, things
from api.fhir.search import Search, Span
from api.fhir.words import DEVICE, INCIDENT, RESIDENT, Resource
from api.parts import Connection, Row
from api.policy import Scope
from core import queries
from core.instant import from_datetime, to_datetime
from core.kind import KINDS

_FILE = queries.load(Path(__file__).with_suffix(".sql"))
_PARTS = ("incidents", "status", "who")


def _whole(text: LiteralString) -> LiteralString:
    for name in _PARTS:
        text = text.replace("{" + name + "}", _FILE[name])
    return text


_SQL: Mapping[str, LiteralString] = {name: _whole(text) for name, text in _FILE.items() if name not in _PARTS}
_NEWEST = _SQL["observations"].replace("{order}", "DESC").replace("{beyond}", "<")
_OLDEST = _SQL["observations"].replace("{order}", "ASC").replace("{beyond}", ">")

# What only concerns a device, or the platform, is nothing about a person.
_TOLD_KINDS = [
    kind.name for kind in KINDS if kind.about in ("resident", "home") and kind.name != "home_offline"
]
_FIRST_UUID, _LAST_UUID = UUID(int=0), UUID(int=2**128 - 1)
_MOST_KEY = 2**31 - 1
_STRETCHES = tuple(timedelta(hours=hours) for hours in (3, 24, 200, 1600))
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)  # older measurements are found, too, but not so quickly
_AT_ONCE = 500  # tasks, of which those in another state are left out
_END = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when: `contacts` says whether they may see whom to call."""

    scope: Scope
    now: datetime
    contacts: bool = False


Key = list[Any]
# A page of resources, each with the key behind which the next page begins.
Page = list[tuple[Resource, Key]]
Finder = Callable[[Connection, Asking, Search, int, Key | None], Awaitable[Page]]


async def _rows(conn: Connection, statement: LiteralString, params: Mapping[str, Any]) -> list[Row]:
    return await (await conn.execute(statement, params)).fetchall()


def _params(asking: Asking, search: Search, limit: int, **more: Any) -> dict[str, Any]:
    return {
        **asking.scope.params,
        "now": asking.now,
        "patient": search.patient,
        "keys": None if search.keys is None else list(search.keys),
        "kinds": _TOLD_KINDS,
        "since": search.date.since,
        "until": search.date.until,
        "updated_since": search.updated.since,
        "updated_until": search.updated.until,
        "by_update": search.updated != Span(),
        "limit": limit,
        "identifier": _identifiers(search),
        **{name: search.codes(name) for name in ("status", "code", "type", "gender", "active")},
        **more,
    }


# What numbers of ours are called; a number of somebody else's is nobody here, whoever has the same of ours.
_OWN = {"Patient": RESIDENT, "Device": DEVICE, "DetectedIssue": INCIDENT}


def _identifiers(search: Search) -> list[str] | None:
    given = search.tokens.get("identifier")
    own = (None, _OWN.get(search.resource))
    return None if given is None else [code for system, code in given if system in own]


async def patients(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Residents by key."""
    born = search.born if search.born != Span() else None
    more = {
        "after": after[0] if after else 0,
        "born_since": born.since.date() if born else None, "born_until": born.until.date() if born else None,
    }  # fmt: skip
    rows = await _rows(conn, _SQL["patients"], _params(asking, search, limit, **more))
    ids = [row["id"] for row in rows]
    trail.seen(ids)
    by_patient: dict[int, list[Row]] = {}
    if asking.contacts and ids:
        for one in await _rows(conn, _SQL["contacts"], {"ids": ids}):
            by_patient.setdefault(one["resident_id"], []).append(one)
    return [(people.patient(row, by_patient.get(row["id"], ())), [row["id"]]) for row in rows]


async def consents(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Consents by key, withdrawn ones too."""
    more = {"after": after[0] if after else ""}
    rows = await _rows(conn, _SQL["consents"], _params(asking, search, limit, **more))
    return [(people.consent(row), [row["key"]]) for row in rows]


async def devices(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Devices that hang or are worn now, by key."""
    more = {"after": after[0] if after else 0}
    rows = await _rows(conn, _SQL["devices"], _params(asking, search, limit, **more))
    return [(things.device(row), [row["id"]]) for row in rows]


async def metrics(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """What devices measure, by device and quantity; of `source`, or of everything about a patient."""
    named = search.codes("source") or [key.partition("-")[0] for key in search.keys or ()]
    keys = tuple(one.removeprefix("Device/") for one in named)
    wanted = Search("Device", search.patient, keys=keys or None)
    whose = await _rows(conn, _SQL["devices"], _params(asking, wanted, _MOST_KEY, after=0))
    told = _told(search.tokens.get("type"))
    more = {
        "devices": [row["id"] for row in whose],
        "told": told,
        "after_device": after[0] if after else 0,
        "after_metric": after[1] if after else 0,
    }
    rows = await _rows(conn, _SQL["metrics"], _params(asking, search, limit, **more))
    return [(things.metric(row), [row["device_id"], row["metric"]]) for row in rows]


def _told(codes: Sequence[tuple[str | None, str]] | None) -> list[int]:
    return list(observations.TOLD) if codes is None else observations.metrics_of(list(codes))


async def measured(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Observations of one patient, the newest first unless `oldest`."""
    if search.keys and len(search.keys) > 1:
        return await _several(conn, asking, search, limit, after)
    device, metric, date = await _named(conn, search)
    name = (search.tokens.get("identifier") or ((None, None),))[0]
    at = to_datetime(after[0]) if after else search.date.since if search.oldest else search.date.until
    more = {
        "metrics": _wanted(search), "device": device, "metric": metric, "at": at,
        # What hospitals told stands below zero: before the first, and behind the last, there is nothing.
        "after_device": after[1] if after else -_MOST_KEY, "after_metric": after[2] if after else 0,
        "id_system": name[0], "id_value": name[1], "only_told": name[1] is not None,
        "of_devices": _devices(search.codes("device")),
        "systolic": observations.SYSTOLIC, "diastolic": observations.DIASTOLIC,
    }  # fmt: skip
    span = date.narrowed(Span(since=at) if search.oldest else Span(until=_next(at)))
    statement = _OLDEST if search.oldest else _NEWEST
    rows: list[Row] = []
    for stretch in stretches(span, asking.now, oldest=search.oldest):
        bounds = {"since": stretch.since, "until": stretch.until}
        rows += await _rows(conn, statement, _params(asking, search, limit - len(rows)) | more | bounds)
        if len(rows) >= limit:
            break
    trail.seen([search.patient] if rows else ())
    return [
        (observations.observation(row), [from_datetime(row["time"]), row["device_id"], row["metric"]])
        for row in rows
    ]


def _devices(references: Sequence[str] | None) -> list[int] | None:
    """The keys of the devices that are referred to; what is no reference to one refers to none."""
    if references is None:
        return None
    keys = (one.removeprefix("Device/") for one in references)
    return [int(key) for key in keys if _is_key(key)]


async def _several(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Observations by their ids, in the order of time."""
    found: Page = []
    for key in dict.fromkeys(search.keys or ()):
        found += await measured(conn, asking, replace(search, keys=(key,)), 1, None)
    found.sort(key=lambda one: one[1], reverse=not search.oldest)
    if after is not None:
        found = [one for one in found if (one[1] > after if search.oldest else one[1] < after)]
    return found[:limit]


def _wanted(search: Search) -> list[int]:
    """The quantities that are asked for; all there is here is final."""
    if "final" not in (search.codes("status") or ["final"]):
        return []
    metrics = _told(search.tokens.get("code"))
    wanted = search.codes("category")
    return metrics if wanted is None else [one for one in metrics if observations.category(one) in wanted]


def stretches(span: Span, now: datetime, *, oldest: bool) -> Iterator[Span]:
    """`span` in parts that grow, from the end at which a page begins: a page of what is measured every minute
    lies in hours, and one of what is measured twice a year costs five questions."""
    since, until = span.since, span.until
    # Beyond now there is next to nothing, and before we began nothing.
    if oldest:
        edge = max(since, _BEGAN)
        for length in _STRETCHES:
            yield Span(since, min(until, edge + length))
            since = edge = edge + length
            if since >= until:
                return
    else:
        edge = min(until, now)
        for length in _STRETCHES:
            yield Span(max(since, edge - length), until)
            until = edge = edge - length
            if until <= since:
                return
    yield Span(since, until)


def _next(at: datetime) -> datetime:
    return at if at >= _END else at + timedelta(microseconds=1)


async def _named(conn: Connection, search: Search) -> tuple[int | None, int | None, Span]:
    """Device, quantity and instant of the one key that was asked for."""
    if not search.keys:
        return None, None, search.date
    where = await place(conn, search.keys[0])
    if where is None or len(search.keys) > 1:
        return 0, 0, search.date
    device, metric, at = where
    return device, metric, search.date.narrowed(Span(at, at + timedelta(microseconds=1)))


async def place(conn: Connection, key: str) -> tuple[int, int, datetime] | None:
    """Where the Observation `key` stands; None for no key of one."""
    if key.startswith("told-"):
        number = key.removeprefix("told-")
        rows = await _rows(conn, _SQL["whose_told"], {"id": int(number)}) if _is_key(number) else []
        return (-int(number), rows[0]["metric"], rows[0]["time"]) if rows else None
    parts = key.split("-")
    if len(parts) != 3 or not (_is_key(parts[0]) and _is_key(parts[1]) and parts[2].isdigit()):
        return None
    if int(parts[1]) not in observations.TOLD or len(parts[2]) > 17:
        return None
    return int(parts[0]), int(parts[1]), to_datetime(int(parts[2]))


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


async def patient_of(conn: Connection, key: str) -> int | None:
    """Whom the Observation `key` is about; None when there is none."""
    where = await place(conn, key)
    if where is None:
        return None
    if where[0] < 0:
        rows = await _rows(conn, _SQL["whose_told"], {"id": -where[0]})
    else:
        params = {"device": where[0], "metric": where[1], "time": where[2]}
        rows = await _rows(conn, _SQL["whose_reading"], params)
    return rows[0]["patient"] if rows else None


async def tell(conn: Connection, facts: Mapping[str, Any], account: int, now: datetime) -> int | None:
    """Keep what a hospital measured: its key; None when it stands there already."""
    rows = await _rows(conn, _SQL["tell"], {**facts, "account": account, "now": now})
    return rows[0]["id"] if rows else None


async def told_before(conn: Connection, facts: Mapping[str, Any]) -> int | None:
    """The key of what was sent under the same identifier."""
    rows = await _rows(conn, _SQL["told"], facts)
    return rows[0]["id"] if rows else None


async def issues(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Incidents, once for each person they are about, the latest first."""
    key = [to_datetime(after[0]), UUID(after[1]), after[2]] if after else [_END, _LAST_UUID, _MOST_KEY]
    more = {"at": key[0], "after_incident": key[1], "after_subject": key[2]}
    rows = await _rows(conn, _SQL["issues"], _params(asking, search, limit, **more))
    return [
        (happenings.detected_issue(row), [from_datetime(row["onset"]), str(row["incident"]), row["subject"]])
        for row in rows
    ]


async def flags(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """Standing risks and open incidents, by key."""
    more = {"after": after[0] if after else ""}
    rows = await _rows(conn, _SQL["flags"], _params(asking, search, limit, **more))
    return [(happenings.flag(row), [row["key"]]) for row in rows]


async def communications(
    conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None
) -> Page:
    """Who was told of incidents, the latest first."""
    more = {"after": after[0] if after else 2**62}
    rows = await _rows(conn, _SQL["communications"], _params(asking, search, limit, **more))
    return [(happenings.communication(row), [row["id"]]) for row in rows]


async def tasks(conn: Connection, asking: Asking, search: Search, limit: int, after: Key | None) -> Page:
    """What somebody is to do, the latest first."""
    statuses, kept = search.codes("status"), Page()
    at_once = limit if statuses is None else max(limit, _AT_ONCE)
    while True:
        more = {"at": to_datetime(after[0]) if after else _END, "after": after[1] if after else ""}
        rows = await _rows(conn, _SQL["tasks"], _params(asking, search, at_once, **more))
        found = [(happenings.task(row), [from_datetime(row["at"]), row["key"]]) for row in rows]
        kept += [one for one in found if statuses is None or one[0]["status"] in statuses]
        if len(rows) < at_once or len(kept) >= limit:
            return kept[:limit]
        after = found[-1][1]


FINDERS: Mapping[str, Finder] = {
    "Patient": patients,
    "Device": devices,
    "DeviceMetric": metrics,
    "Consent": consents,
    "Flag": flags,
    "DetectedIssue": issues,
    "Communication": communications,
    "Task": tasks,
    "Observation": measured,
}
# The shape of a key, for what comes back in a cursor.
SHAPES: Mapping[str, tuple[type, ...]] = {
    "Patient": (int,), "Device": (int,), "DeviceMetric": (int, int), "Consent": (str,), "Flag": (str,),
    "DetectedIssue": (int, str, int), "Communication": (int,), "Task": (int, str),
    "Observation": (int, int, int),
}  # fmt: skip
