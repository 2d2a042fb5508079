"""/photos: pictures of what was found, for station staff."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from psycopg import Connection

from alerts import actions, lifecycle
from api.acting import in_thread
from api.consenting import agreed
from api.guard import Caller, Signed, still
from api.models.photos import Photo, Photos, SubjectQuery
from api.models.words import Moment, Named
from api.parts import Needs, Parts
from api.policy import Action, Scope
from api.problems import Problem, not_found
from api.store import incidents
from care import photos as pure
from care.store import photos
from care.store.photos import Subject
from core.instant import from_datetime

router = APIRouter(prefix="/photos", tags=["photos"])

_MEDIA = ("image/jpeg", "image/png", "image/webp")
_AN_HOUR = 60  # pictures of one account
_OF_ONE = 40  # pictures of one subject
_PATIENCE_S = 60  # for a slow telephone; who needs longer begins anew
_EARLIEST = timedelta(days=30)
_UNPACKING = CapacityLimiter(1)  # a picture unpacks to 120 MB at most: one at a time
_FILE = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"required": True, "content": dict.fromkeys(_MEDIA, _FILE)}


@router.post("", status_code=201, openapi_extra={"requestBody": _BODY})
async def add(
    request: Request,
    caller: Signed,
    parts: Needs,
    subject: SubjectQuery,
    taken_at: Annotated[Moment | None, Query(description="when; now if not given")] = None,
) -> Photo:
    """Keep a picture: the body is a JPEG, PNG or WebP of at most 8 MiB and 40 million pixels.

    The same file sent again is the same picture. Of an incident it is a step of its life, too.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _MEDIA:
        raise Problem(415, "not-a-photo", "a JPEG, PNG or WebP is needed")
    await _welcome(parts, caller, subject)
    sent = await _body(request)
    # A picture may be a minute on its way: what counts is who may add it when it is there.
    about = await _welcome(parts, await still(request, parts), subject)
    try:
        made = await run_sync(pure.picture, sent, limiter=_UNPACKING)
    except pure.BadPhoto as error:
        raise Problem(422, error.fault.value) from error
    now = parts.now
    taken = min(max(taken_at or now, now - _EARLIEST), now)
    key = await in_thread(parts, _keep, about, made, caller.session.account, taken, parts)
    return await _one(parts, caller.scope(Action.TAKE_PHOTOS), key)


async def _welcome(parts: Parts, caller: Caller, subject: str) -> Subject:
    """What the picture is about: the caller may add one, the person agrees, and there is room."""
    about = await _subject(parts, caller.scope(Action.TAKE_PHOTOS), subject)
    if about.resident is not None and not subject.startswith("incident:"):
        await agreed(parts, about.resident, "photos")
    await _room(parts, caller.session.account, subject)
    return about


def _keep(
    conn: Connection[Any], about: Subject, made: pure.Picture, account: int, taken: Any, parts: Parts
) -> UUID:
    """The picture and the step it is in an incident stand or fall together."""
    with conn.transaction():
        key, new = photos.add(conn, about, made, account, taken, parts.now)
        kind, _, name = about.word.partition(":")
        if new and kind == "incident":
            step = lifecycle.Action("note", account, photo=str(key))
            actions.act(conn, UUID(name), step, from_datetime(parts.now))
    return key


async def _body(request: Request) -> bytes:
    """What is sent, in good time; the layer before us has an eye on how much it is."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await request.body()
    except TimeoutError as error:
        raise Problem(408, "too-slow", "it took too long to arrive") from error


async def _room(parts: Parts, account: int, subject: str) -> None:
    taken = await in_thread(parts, photos.taken, account, subject, parts.now)
    if taken.lately >= _AN_HOUR:
        raise Problem(429, headers={"Retry-After": "600"})
    if taken.of_subject >= _OF_ONE:
        raise Problem(409, "too-many", f"at most {_OF_ONE} pictures of one thing")


async def _subject(parts: Parts, scope: Scope, word: str) -> Subject:
    """Where the subject belongs; Problem 404 outside `scope`."""
    kind, _, name = word.partition(":")
    if kind == "incident":
        async with parts.pool.connection() as conn:
            row = await incidents.one(conn, scope, UUID(name))
        if row is None:
            raise not_found()
        return Subject(word, row["station_id"], row["home_id"], row["resident_id"])
    found = None
    if kind == "visit":
        found = await in_thread(parts, photos.of_visit, int(name), scope.paths)
    if kind == "adaptation":
        found = await in_thread(parts, photos.of_adaptation, int(name), scope.paths)
    if found is None:
        raise not_found()
    return found


async def _one(parts: Parts, scope: Scope, photo: UUID) -> Photo:
    rows = await in_thread(parts, photos.listed, scope.paths, None, photo)
    if not rows:
        raise not_found()
    return _shown(rows[0])


def _shown(row: dict[str, Any]) -> Photo:
    known = {name: row[name] for name in Photo.model_fields if name in row}
    return Photo(**known, by=Named(id=row["account_id"], name=row["account_name"]))


@router.get("")
async def read_page(caller: Signed, parts: Needs, subject: SubjectQuery) -> Photos:
    """All pictures of one subject; who may not see it gets none."""
    scope = caller.scope(Action.SEE_PHOTOS)
    rows = await in_thread(parts, photos.listed, scope.paths, subject)
    return Photos(items=[_shown(row) for row in rows])


@router.get("/{photo}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
async def read(photo: UUID, caller: Signed, parts: Needs) -> Response:
    """The picture as a JPEG."""
    scope = caller.scope(Action.SEE_PHOTOS)
    found = await in_thread(parts, photos.jpeg, photo, scope.paths)
    if found is None:
        raise not_found()
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-store"}
    return Response(found[0], media_type="image/jpeg", headers=headers)
