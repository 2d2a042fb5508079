"""The daily work of care: the care package decides and keeps, in a thread; refusals become answers."""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from anyio.to_thread import run_sync
from psycopg import Connection

from api.audit import trail
from api.guard import Caller
from api.models.care_words import HomeShort, Minute
from api.models.words import Named
from api.parts import Parts, Row
from api.policy import Action, Scope
from api.problems import Problem, not_found
from care.identity import IdentityError, masked
from care.store import record
from care.store.errors import CareError, Conflict, LostRace, Unknown
from core import messages
from core.keybook import KeyBookError
from core.sealed import SealedError

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

_MASKED_HEAD = 3


async def work(
    parts: Parts, task: Callable[Concatenate[Connection[Any], P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """`task(connection, ...)` in one transaction; a refusal is a Problem: 404, 409, 422; 503 without keys."""

    def working() -> T:
        with parts.caring.connection() as conn:
            return partial(task, conn)(*args, **kwargs)

    try:
        return await run_sync(working)
    except Unknown as error:
        raise not_found() from error
    except LostRace as error:
        raise Problem(409, "lost-race", str(error)) from error
    except Conflict as error:
        raise Problem(409, "conflict", str(error)) from error
    except IdentityError as error:
        raise wrong(error) from error
    except CareError as error:
        raise Problem(422, "not-possible", str(error)) from error
    except (SealedError, KeyBookError) as error:
        log.error("the keys that people's identity is sealed with are not at hand: nowalls keys check")
        raise Problem(503) from error


async def person(parts: Parts, scope: Scope, resident: int) -> Row:
    """The record of a resident in `scope`; Problem 404 outside."""
    found = await work(parts, record.one, scope.params, resident, parts.now)
    if found is None:
        raise not_found()
    shown([resident])
    return found


async def look(parts: Parts, caller: Caller, resident: int, action: Action) -> Row:
    """The record of a resident whom `caller` may do `action` about; Problem 403 or 404."""
    return await person(parts, caller.scope(action), resident)


def hidden(phone: str) -> str:
    """A telephone number as a list shows it."""
    return masked(phone.removeprefix("+86"), _MASKED_HEAD) if phone else ""


def clock(minute: int | None) -> Minute | None:
    """22 * 60 as "22:00"; the end of a day is "24:00"."""
    return None if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def minute(text: str | None) -> int | None:
    """The opposite of `clock`."""
    return None if text is None else int(text[:2]) * 60 + int(text[3:])


def home(row: Mapping[str, Any]) -> HomeShort | None:
    """The home in a row of a store."""
    if row["home_id"] is None:
        return None
    return HomeShort(id=row["home_id"], code=row["home_code"], address=row["address"] or "")


def named(key: int | None, name: str | None) -> Named | None:
    """Somebody by key and name; None for nobody."""
    return None if key is None else Named(id=key, name=name or "")


def both(key: str) -> dict[str, str]:
    """A sentence without parameters, in every language."""
    return messages.both(key, {}, "UTC")


def ids(items: Iterable[Mapping[str, Any]], name: str = "resident_id") -> list[int]:
    """The people in rows of a store: what the audit wants to know."""
    return [row[name] for row in items if row[name] is not None]


def wrong(error: IdentityError) -> Problem:
    """A number that nobody can have; the number itself is not repeated."""
    return Problem(422, error.key.replace(".", "-"), messages.render(error.key, {}, "en", "UTC"))


def shown(residents: Iterable[int]) -> None:
    """These people's data are in the answer, or were changed: the audit keeps that."""
    trail.seen(residents)


def because(reason: str) -> None:
    """Why it was asked: the audit keeps that."""
    trail.why(reason)
