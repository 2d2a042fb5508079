"""What a search asks: FHIR's parameters taken apart. No I/O.

A parameter that is not known is refused and never passed over: a filter that was misspelt would otherwise
show more than was asked for. Who prefers that says `Prefer: handling=lenient`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from api.fhir import including
from api.fhir.shaping import SUMMARIES

MOST = 200
USUAL = 50

_COMMON = frozenset(
    {"_id", "_lastUpdated", "_count", "_sort", "_cursor", "_format", "_pretty", "patient"}
    | {"_include", "_revinclude", "_elements", "_summary", "_total"}
)
# What may be asked for and changes nothing here.
_IDLE: Mapping[str, frozenset[str]] = {
    "_contained": frozenset({"false"}),
    "_totalMethod": frozenset({"count", "estimate", "none"}),  # of a client that counts with _count=0
}
# Nobody notes when these changed last.
UNDATED = frozenset({"Patient"})
# Other names of the same; a patient can be of no other type.
_ALIASES = {
    "combo-code": "code",
    "component-code": "code",
    "patient:Patient": "patient",
    "subject:Patient": "subject",
}
# Which other parameters a resource is searched by.
PARAMETERS: Mapping[str, frozenset[str]] = {
    "Patient": frozenset({"identifier", "name", "birthdate", "gender", "active"}),
    "Device": frozenset({"identifier", "type"}),
    "DeviceMetric": frozenset({"source", "type"}),
    "Observation": frozenset({"code", "category", "date", "subject", "identifier", "status", "device"}),
    "Flag": frozenset({"status", "subject"}),
    "DetectedIssue": frozenset({"identifier", "identified", "code", "status"}),
    "Communication": frozenset({"sent", "subject"}),
    "Task": frozenset({"subject", "authored-on", "status"}),
    "Consent": frozenset({"status", "category", "date"}),
}
# What is much of each person is told of one person at a time.
ONE_PATIENT = frozenset({"Observation", "Communication", "Task"})
DATES = {"Observation": "date", "DetectedIssue": "identified", "Communication": "sent", "Task": "authored-on"}
_DATE = re.compile(
    r"(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)))?)?)?"
)
_KEY = re.compile(r"[A-Za-z0-9.-]{1,64}")
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class BadSearch(Exception):
    """A search that cannot be answered: `code` is of FHIR's issue types."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `since` to before `until`."""

    since: datetime = _FIRST
    until: datetime = _LAST

    def narrowed(self, other: "Span") -> "Span":
        """What is in both."""
        return Span(max(self.since, other.since), min(self.until, other.until))


@dataclass(frozen=True, slots=True)
class Search:
    """One search.

    Attributes:
        patient: whose; None for everybody in scope who agrees.
        keys: `_id`; None for any.
        tokens: for a parameter, (system or None, code) of which one must fit.
        date, updated, born: spans of the resource's own date, of its last change, of the birth of a Patient.
        count, cursor: of the page. oldest: sorted by date, the oldest first.
        include, revinclude: kinds of resources that come along. elements, summary: how much of each is told.
        counted: how many there are is asked for, too.
        kept: the parameters that were understood, for the link to this page.
    """

    resource: str
    patient: int | None = None
    keys: tuple[str, ...] | None = None
    tokens: Mapping[str, tuple[tuple[str | None, str], ...]] = field(default_factory=dict)
    name: str | None = None
    date: Span = Span()
    updated: Span = Span()
    born: Span = Span()
    count: int = USUAL
    cursor: str | None = None
    oldest: bool = False
    include: tuple[str, ...] = ()
    revinclude: tuple[str, ...] = ()
    elements: tuple[str, ...] | None = None
    summary: str = "false"
    counted: bool = False
    kept: tuple[tuple[str, str], ...] = ()

    def codes(self, parameter: str) -> list[str] | None:
        """The codes of a token parameter without their systems; None when it was not given."""
        given = self.tokens.get(parameter)
        return None if given is None else [code for _, code in given]


def parse(resource: str, given: Sequence[tuple[str, str]], *, lenient: bool = False) -> Search:
    """The search for `resource` by `given`; raises BadSearch."""
    allowed = _allowed(resource)
    given = [(_name(name, resource), value) for name, value in given]
    idle = {name for name, value in given if value in _IDLE.get(name, ())}
    unknown = [name for name, _ in given if name not in allowed | idle]
    if any(not value.isprintable() for _, value in given):
        raise BadSearch("invalid", "control characters")
    if unknown and not lenient:
        raise BadSearch(
            "not-supported", f"parameter {unknown[0][:40]!r}; known: {', '.join(sorted(allowed))}"
        )
    kept = tuple((name, value) for name, value in given if name in allowed)
    by_name: dict[str, list[str]] = {}
    for name, value in kept:
        by_name.setdefault(name, []).append(value)
    return Search(
        resource,
        patient=_patient([*by_name.get("patient", []), *by_name.get("subject", [])], resource),
        keys=_keys(by_name.get("_id")),
        tokens=_tokens(resource, by_name),
        name=_once(by_name, "name"),
        date=_span(by_name.get(DATES.get(resource, "date"), [])),
        updated=_span(by_name.get("_lastUpdated", [])),
        born=_span(by_name.get("birthdate", [])),
        count=_count(_once(by_name, "_count")),
        cursor=_once(by_name, "_cursor"),
        oldest=_oldest(_once(by_name, "_sort"), resource),
        include=_along(by_name, "_include", resource),
        revinclude=_along(by_name, "_revinclude", resource),
        elements=_elements(by_name.get("_elements")),
        summary=_summary(by_name),
        counted=_is_counted(_once(by_name, "_total")),
        kept=kept,
    )


def _allowed(resource: str) -> frozenset[str]:
    return (_COMMON - ({"_lastUpdated"} if resource in UNDATED else set())) | PARAMETERS[resource]


def _along(by_name: Mapping[str, list[str]], name: str, resource: str) -> tuple[str, ...]:
    way = including.forward if name == "_include" else including.reverse
    try:
        kinds = [kind for value in by_name.get(name, ()) for kind in way(resource, value)]
    except ValueError as error:
        raise BadSearch("not-supported", str(error)) from None
    return tuple(dict.fromkeys(kinds))


def _elements(values: Sequence[str] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    return tuple(one.strip() for value in values for one in value.split(",")[:100])


def _summary(by_name: Mapping[str, list[str]]) -> str:
    asked = _once(by_name, "_summary") or "false"
    if asked not in SUMMARIES:
        raise BadSearch("not-supported", f"_summary: one of {', '.join(sorted(SUMMARIES))}")
    # A page of none is another word for it.
    return "count" if (_once(by_name, "_count") or "").strip("0") == "" and "_count" in by_name else asked


def _is_counted(value: str | None) -> bool:
    if value not in (None, "none", "estimate", "accurate"):
        raise BadSearch("not-supported", "_total: none, estimate or accurate")
    return value not in (None, "none")


def everything(patient: int, given: Sequence[tuple[str, str]]) -> tuple[Search, tuple[str, ...]]:
    """The search of Patient/$everything, and the resources wanted of it; raises BadSearch."""
    by_name = dict(given)
    if any(not value.isprintable() for value in by_name.values()):
        raise BadSearch("invalid", "control characters")
    unknown = set(by_name) - {"start", "end", "_count", "_type", "_since", "_cursor", "_format", "_pretty"}
    if unknown:
        raise BadSearch("not-supported", f"parameter {min(unknown)[:40]!r}")
    wanted = tuple(by_name["_type"].split(",")) if "_type" in by_name else tuple(PARAMETERS)
    if set(wanted) - set(PARAMETERS):
        raise BadSearch("not-supported", "_type names a resource that there is not here")
    dates = [f"ge{by_name['start']}"] if "start" in by_name else []
    dates += [f"le{by_name['end']}"] if "end" in by_name else []
    since = [f"ge{by_name['_since']}"] if "_since" in by_name else []
    count = _count(by_name.get("_count"))
    search = Search(
        "Patient", patient, date=_span(dates), updated=_span(since), count=count,
        cursor=by_name.get("_cursor"), kept=tuple(given),
    )  # fmt: skip
    return search, wanted


def _name(given: str, resource: str) -> str:
    """The one name of a parameter that has several."""
    name = _ALIASES.get(given, given)
    known = name in _allowed(resource)
    return name if known else given


def _once(by_name: Mapping[str, list[str]], name: str) -> str | None:
    values = by_name.get(name, [])
    if len(values) > 1:
        raise BadSearch("invalid", f"{name} may stand once")
    return values[0] if values else None


def _patient(values: Iterable[str], resource: str) -> int | None:
    found = {value.removeprefix("Patient/") for value in values}
    if not found:
        if resource in ONE_PATIENT:
            raise BadSearch("required", f"{resource} is told of one patient at a time: say patient")
        return None
    number = found.pop()
    if found or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadSearch("invalid", "patient is one reference to a Patient here")
    return int(number)


def _keys(values: Sequence[str] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    keys = tuple(one for value in values for one in value.split(","))
    if len(keys) > MOST or not all(_KEY.fullmatch(one) for one in keys):
        raise BadSearch("invalid", "_id is made of ids")
    return keys


def _tokens(
    resource: str, by_name: Mapping[str, list[str]]
) -> Mapping[str, tuple[tuple[str | None, str], ...]]:
    others = {"name", "date", "subject", "birthdate", DATES.get(resource)}
    found = {}
    for name in PARAMETERS[resource] - others:
        value = _once(by_name, name)
        if value is not None:
            found[name] = tuple(_token(one) for one in value.split(",")[:MOST])
    return found


def _token(text: str) -> tuple[str | None, str]:
    system, bar, code = text.rpartition("|")
    return (system if bar else None), code


def _count(value: str | None) -> int:
    if value is None:
        return USUAL
    if not (value.isascii() and value.isdigit() and len(value) <= 6):
        raise BadSearch("invalid", "_count is a number")
    return max(1, min(MOST, int(value)))


def _oldest(value: str | None, resource: str) -> bool:
    date = DATES.get(resource)
    if value is None or value == f"-{date}":
        return False
    if resource == "Observation" and value == date:
        return True
    raise BadSearch("not-supported", "_sort: -date, of Observation also date")


def _span(values: Iterable[str]) -> Span:
    found = Span()
    for value in values:
        found = found.narrowed(_one_span(value))
    return found


def _one_span(text: str) -> Span:
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise BadSearch(
            "invalid", "a date as 2026, 2026-03, 2026-03-01 or with time and zone; eq ge gt le lt sa eb"
        )
    prefix, year, month, day, clock = parts.groups()
    try:
        first, after = _period(int(year), month, day, clock)
    except (ValueError, OverflowError):
        raise BadSearch("invalid", "no such date") from None
    # What is dated here is an instant or a day: it is after a period when it is greater.
    spans = {"ge": Span(first), "gt": Span(after), "le": Span(until=after), "lt": Span(until=first)}
    spans |= {"sa": spans["gt"], "eb": spans["lt"]}
    return spans.get(prefix or "eq", Span(first, after))


def _period(year: int, month: str | None, day: str | None, clock: str | None) -> tuple[datetime, datetime]:
    """The beginning and the end of a date of any precision; without a zone it is UTC."""
    if clock:
        at = datetime.fromisoformat(f"{year:04}-{month}-{day}T{clock.replace('Z', '+00:00')}").astimezone(UTC)
        return at, at + timedelta(microseconds=1) if "." in clock else at + _precision(clock)
    first = datetime(year, int(month or 1), int(day or 1), tzinfo=UTC)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, first.replace(year=year + first.month // 12, month=first.month % 12 + 1)
    return first, first.replace(year=year + 1)


def _precision(clock: str) -> timedelta:
    """Of a time to the second or to the minute; the zone does not count."""
    return timedelta(seconds=1) if re.match(r"\d\d:\d\d:\d\d", clock) else timedelta(minutes=1)
