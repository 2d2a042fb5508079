"""/silences: maintenance, with a place, an end and a reason."""

from typing import Literal

from fastapi import APIRouter

from alerts import settings
from alerts.quiet import Silence as Kept
from alerts.settings import BadSilence, Maintenance
from api import rosters
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.rules import NewSilence, Silence, Silences
from api.models.words import KeyPath
from api.parts import Connection, Needs, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import places
from core.instant import from_datetime, to_datetime
from core.kind import BY_NAME

router = APIRouter(prefix="/silences", tags=["rules"])

Kind = Literal["station", "home", "device"]


async def _place(conn: Connection, caller: Caller, parts: Parts, kept: Kept, action: Action) -> Row | None:
    scope = caller.scope(action)
    found: list[tuple[Kind, int | None]] = [
        ("station", kept.station), ("home", kept.home), ("device", kept.device),
    ]  # fmt: skip
    for kind, key in found:
        if key is not None:
            return await places.place(conn, scope, kind, key, parts.now)
    return None


def _shown(one: Maintenance, name: str, known: rosters.Names) -> Silence:
    kept = one.silence
    return Silence(
        id=kept.id,
        station_id=kept.station,
        home_id=kept.home,
        device_id=kept.device,
        name=name,
        kinds=sorted(kept.kinds),
        from_=to_datetime(kept.start),
        until=to_datetime(kept.end),
        reason=one.reason,
        created_by=None if one.by is None else rosters.named(one.by, known),
        created_at=one.at,
    )


@router.get("")
async def read(caller: Signed, parts: Needs) -> Silences:
    """Silences in scope that run or are to come."""
    caller.scope(Action.SEE_RULES)
    kept = await in_thread(parts, settings.silences, parts.clock.now())
    known = await rosters.names(parts, (one.by for one in kept))
    async with parts.pool.connection() as conn:
        found = [(one, await _place(conn, caller, parts, one.silence, Action.SEE_RULES)) for one in kept]
    return Silences(items=[_shown(one, place["name"], known) for one, place in found if place is not None])


@router.post("", status_code=201)
async def add(wish: NewSilence, caller: Signed, parts: Needs) -> Silence:
    """Begin one. 422 `bad-silence` for what is never silenced, and for an end that is past."""
    if unknown := set(wish.kinds) - set(BY_NAME):
        raise Problem(422, "bad-silence", f"there is no kind {', '.join(sorted(unknown))}")
    now = parts.clock.now()
    start = from_datetime(wish.from_) if wish.from_ is not None else now
    kept = Kept(
        0,
        frozenset(wish.kinds),
        start,
        from_datetime(wish.until),
        wish.station_id,
        wish.home_id,
        wish.device_id,
    )
    async with parts.pool.connection() as conn:
        place = await _place(conn, caller, parts, kept, Action.SILENCE)
    if place is None:
        raise not_found()
    account = caller.session.account
    try:
        new = await in_thread(parts, settings.silence, kept, wish.reason, account, now)
    except BadSilence as error:
        raise Problem(422, "bad-silence", str(error)) from error
    known = await rosters.names(parts, [account])
    return _shown(Maintenance(new, wish.reason.strip(), account, to_datetime(now)), place["name"], known)


@router.delete("/{silence}", status_code=204)
async def end(silence: KeyPath, caller: Signed, parts: Needs) -> None:
    """End it before its time: what it held is opened now."""
    caller.scope(Action.SILENCE)
    kept = await in_thread(parts, settings.silences, parts.clock.now())
    one = next((one.silence for one in kept if one.silence.id == silence), None)
    async with parts.pool.connection() as conn:
        if one is None or await _place(conn, caller, parts, one, Action.SILENCE) is None:
            raise not_found()
    account = caller.session.account
    if not await in_thread(parts, settings.end_silence, silence, account, parts.clock.now()):
        raise not_found()
