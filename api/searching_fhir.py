"""A search of FHIR: the page that was asked for, what comes along with it, and how many there are."""

from collections.abc import Sequence
from dataclasses import replace

from api.acting import in_thread
from api.asking_fhir import Question, asking, bad, base, matches, reach
from api.fhir import bundle, including, observations, outcome, search
from api.fhir.capability import ACTIONS
from api.fhir.search import BadSearch, Search
from api.fhir.shaping import shaped
from api.fhir.words import Resource
from api.guard import Caller
from api.parts import Connection, Parts
from api.store import fhir
from api.store.fhir import Asking, Key
from care.store import people

MOST_COUNTED, MOST_LATEST = 10_000, 20


async def page(parts: Parts, caller: Caller, resource: str, given: Question, *, lenient: bool) -> Resource:
    """A page of a search. Problem 400 `bad-search`."""
    who = asking(parts, caller, resource)
    here = f"{base(parts)}/"  # a reference may name this server, or not
    try:
        wanted = search.parse(resource, [(n, v.removeprefix(here)) for n, v in given], lenient=lenient)
        after = bundle.decode(wanted.cursor, fhir.SHAPES[resource])
    except BadSearch as error:
        raise bad(error) from error
    if wanted.name is not None:
        wanted = replace(wanted, keys=await _named(parts, who, wanted))
    if wanted.revinclude:
        wanted = replace(wanted, count=min(wanted.count, including.MOST_PATIENTS))
    async with parts.pool.connection() as conn:
        if wanted.patient is not None:
            await reach(conn, parts, who, wanted.patient)
        if wanted.summary == "count":
            return await _only_counted(conn, parts, who, wanted)
        found, following = await matches(conn, resource, who, wanted, wanted.count, after)
        along = await _along(conn, parts, caller, wanted, found)
        total = await _total(conn, who, wanted, found, following)
    cursor = None if following is None else bundle.encode(following)
    told = [shaped(one, wanted.elements, wanted.summary) for one in found]
    return bundle.searchset(base(parts), resource, wanted.kept, told, cursor, along=along, total=total)


async def latest(parts: Parts, caller: Caller, given: Question) -> Resource:
    """Observation/$lastn: of each thing that is measured the latest `max` (1 unless it is said)."""
    who = asking(parts, caller, "Observation")
    by_name = dict(given)
    most = by_name.pop("max", "1")
    if not (most.isascii() and most.isdigit() and 0 < int(most[:4]) <= MOST_LATEST):
        raise bad(BadSearch("invalid", f"max: from 1 to {MOST_LATEST}"))
    try:
        wanted = search.parse("Observation", list(by_name.items()))
    except BadSearch as error:
        raise bad(error) from error
    assert wanted.patient is not None  # an Observation is asked for of one patient, or refused
    found: list[Resource] = []
    async with parts.pool.connection() as conn:
        await reach(conn, parts, who, wanted.patient)
        for codes in observations.kinds(wanted.tokens.get("code")):
            one = replace(wanted, tokens={**wanted.tokens, "code": codes}, oldest=False)
            found += (await matches(conn, "Observation", who, one, int(most), None))[0]
    told = [shaped(one, wanted.elements, wanted.summary) for one in found]
    return bundle.searchset(base(parts), "Observation/$lastn", tuple(given), told, None, total=len(told))


async def _named(parts: Parts, who: Asking, wanted: Search) -> tuple[str, ...]:
    """The people whose name, its pinyin or initials begin so; within `_id` if that was asked for too."""
    found = await in_thread(parts, people.look_up, wanted.name or "", who.scope.paths, search.MOST)
    keys, _ = found
    return tuple(str(key) for key in keys if wanted.keys is None or str(key) in wanted.keys)


async def _only_counted(conn: Connection, parts: Parts, who: Asking, wanted: Search) -> Resource:
    total = await _counted(conn, who, wanted)
    if total is None:
        raise bad(BadSearch("too-costly", f"more than {MOST_COUNTED}: narrow it down"))
    return bundle.searchset(base(parts), wanted.resource, wanted.kept, (), None, total=total)


async def _total(
    conn: Connection, who: Asking, wanted: Search, found: Sequence[Resource], following: Key | None
) -> int | None:
    """How many there are in all: where that is seen at once, or asked for and not too many."""
    if following is None and wanted.cursor is None:
        return len(found)
    return await _counted(conn, who, wanted) if wanted.counted else None


async def _counted(conn: Connection, who: Asking, wanted: Search) -> int | None:
    found = await fhir.FINDERS[wanted.resource](conn, who, wanted, MOST_COUNTED + 1, None)
    return None if len(found) > MOST_COUNTED else len(found)


async def _along(
    conn: Connection, parts: Parts, caller: Caller, wanted: Search, found: Sequence[Resource]
) -> list[Resource]:
    """What was asked to come along, each once and no match again; what of it is not told, and why."""
    known = {(one["resourceType"], one["id"]) for one in found}
    brought: list[Resource] = []
    said: list[Resource] = []
    for kind in dict.fromkeys((*wanted.include, *wanted.revinclude)):
        may = caller.may(ACTIONS[kind])
        if not may.paths + may.residents:
            said.append(outcome.warning("suppressed", f"{kind}: not with the rights of this token"))
            continue
        who = asking(parts, caller, kind)
        some: list[Resource] = []
        if kind in wanted.include:
            some += await _referred(conn, who, wanted, kind, found)
        if kind in wanted.revinclude:
            for patient in found:
                more, following = await matches(
                    conn, kind, who, Search(kind, int(patient["id"])), including.MOST_OF_EACH, None
                )
                some += more
                if following is not None:
                    text = f"{kind} of Patient/{patient['id']}: there are more, ask for them by themselves"
                    said.append(outcome.warning("incomplete", text))
        brought += [one for one in some if (one["resourceType"], one["id"]) not in known]
        known |= {(one["resourceType"], one["id"]) for one in some}
    return brought + said


async def _referred(
    conn: Connection, who: Asking, wanted: Search, kind: str, found: Sequence[Resource]
) -> list[Resource]:
    keys = including.referred(found, kind)
    if not keys:
        return []
    asked = Search(kind, wanted.patient, keys=keys)
    return (await matches(conn, kind, who, asked, len(keys), None))[0]
