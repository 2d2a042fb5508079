"""Reading FHIR: who may, whom a question is about, whether the person agrees; then a page of it."""

from collections.abc import Sequence
from dataclasses import replace

from api.consenting import agreed, in_danger
from api.fhir import bundle, search
from api.fhir.capability import ACTIONS
from api.fhir.outcome import BASE
from api.fhir.search import BadSearch, Search
from api.fhir.words import Resource
from api.guard import Caller, fresh
from api.parts import Connection, Parts
from api.policy import Action
from api.problems import Problem, not_found
from api.store import fhir
from api.store.fhir import Asking, Key

PURPOSE = "handover"
Question = Sequence[tuple[str, str]]


def base(parts: Parts) -> str:
    """Where the FHIR server is."""
    return parts.settings.board_url + BASE


def bad(error: BadSearch) -> Problem:
    """The answer to a search that cannot be answered."""
    return Problem(400, "bad-search", error.said, issue=error.code)


def asking(parts: Parts, caller: Caller, resource: str) -> Asking:
    """Who asks for `resource`; Problem 403, and 404 for what there is not."""
    if resource not in ACTIONS:
        raise Problem(404, "not-found", "/fhir/metadata names what there is", issue="not-supported")
    scope = caller.scope(ACTIONS[resource])
    contacts = resource == "Patient" and bool(caller.may(Action.SEE_CONTACTS).paths)
    return Asking(scope, parts.now, contacts)


async def reach(conn: Connection, parts: Parts, who: Asking, patient: int) -> None:
    """Problem 404 for a patient outside the scope, 403 `no-consent` for one who does not agree."""
    if not await fhir.patients(conn, who, Search("Patient", patient), 1, None):
        raise not_found()
    await agreed(parts, patient, PURPOSE)


async def matches(
    conn: Connection, resource: str, who: Asking, wanted: Search, limit: int, after: Key | None
) -> tuple[list[Resource], Key | None]:
    """At most `limit` that fit, behind the key `after`, and the key behind which there are more."""
    try:
        rows = await fhir.FINDERS[resource](conn, who, wanted, limit + 1, after)
    except ValueError as error:  # a cursor that somebody made up
        raise bad(BadSearch("invalid", "not a cursor of this search")) from error
    following = rows[limit - 1][1] if len(rows) > limit else None
    return [one for one, _ in rows[:limit]], following


async def one(parts: Parts, caller: Caller, resource: str, key: str) -> Resource:
    """The resource of that id; Problem 404."""
    who = asking(parts, caller, resource)
    try:
        wanted = search.parse(resource, [("_id", key), ("patient", "1")])
    except BadSearch as error:
        raise not_found() from error
    async with parts.pool.connection() as conn:
        patient = await _patient(conn, resource, key)
        if patient is not None:
            await reach(conn, parts, who, patient)
        elif resource in search.ONE_PATIENT and not key.startswith("order-"):
            raise not_found()
        found = await fhir.FINDERS[resource](conn, who, replace(wanted, patient=patient), 1, None)
    if not found:
        raise not_found()
    return found[0][0]


async def _patient(conn: Connection, resource: str, key: str) -> int | None:
    """Whom `key` is about, as far as the key says so; what is found without it is of those who agree."""
    if resource == "Observation":
        return await fhir.patient_of(conn, key)
    told = {
        "Patient": key, "Consent": key.partition("-")[0], "DetectedIssue": key.rpartition(".")[2],
        "Communication": key.rpartition(".")[2], "Flag": key.removeprefix("risk-").rpartition(".")[2],
        "Task": "" if key.startswith("order-") else key.rpartition(".")[2],
    }.get(resource, "")  # fmt: skip
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


# In this order: who it is first, what there is much of last.
STAGES = ("Patient", "Consent", "Flag", "Device", "DeviceMetric", "DetectedIssue", "Task", "Communication",
          "Observation")  # fmt: skip


async def everything(parts: Parts, caller: Caller, patient: int, given: Question) -> Resource:
    """Patient/$everything: as far as the caller may see each kind. Problem 403 for who sees no people, and
    `confirm-again` for a person: it is a file about somebody, that is taken along."""
    caller.scope(Action.SEE_RESIDENTS)
    try:
        wanted, resources = search.everything(patient, given)
        place = bundle.decode(wanted.cursor, (int, str)) or [0, ""]
        if not 0 <= int(place[0]) < len(STAGES):
            raise BadSearch("invalid", "not a cursor of this search")
    except BadSearch as error:
        raise bad(error) from error
    async with parts.pool.connection() as conn:
        await reach(conn, parts, asking(parts, caller, "Patient"), patient)
        if not await in_danger(parts, patient):
            await fresh(caller, parts)
        found, following = await _stages(conn, parts, caller, wanted, resources, place)
    cursor = None if following is None else bundle.encode(following)
    where = f"Patient/{patient}/$everything"
    return bundle.searchset(base(parts), where, wanted.kept, found, cursor)


async def _stages(
    conn: Connection, parts: Parts, caller: Caller, wanted: Search, resources: Sequence[str], place: Key
) -> tuple[list[Resource], Key | None]:
    found: list[Resource] = []
    inner = str(place[1]) or None
    for stage in range(int(place[0]), len(STAGES)):
        name = STAGES[stage]
        if name in resources and caller.may(ACTIONS[name]).paths + caller.may(ACTIONS[name]).residents:
            left = wanted.count - len(found)
            if left == 0:
                return found, [stage, ""]
            try:
                after = bundle.decode(inner, fhir.SHAPES[name])
            except BadSearch as error:
                raise bad(error) from error
            some, following = await matches(conn, name, asking(parts, caller, name), wanted, left, after)
            found += some
            if following is not None:
                return found, [stage, bundle.encode(following)]
        inner = None
    return found, None
