"""The pages and their files: static, nothing inline; revalidated by ETag, and packs kept for ever."""

from functools import cache, partial
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParam
from starlette.responses import RedirectResponse

import dashboards
from api.guard import who
from api.headers import policy_for
from api.packs.shelf import Packs
from api.parts import Needs, parts_of
from api.policy import Role
from api.problems import not_found
from api.shelf import Item, Shelf

router = APIRouter(include_in_schema=False)

# Who is nothing but this starts here; everybody else at the board.
_PAGE_OF = {frozenset({Role.FAMILY}): "/family", frozenset({Role.RESPONDER}): "/respond"}


@cache
def _files() -> Shelf:
    return Shelf(dashboards.STATIC)


@cache
def _packs() -> Packs:
    return Packs(Shelf(dashboards.PAGES), _files())


_REVALIDATE, _FOR_EVER = "no-cache", "public, max-age=31536000, immutable"
_PACKS = "packs/"


def _answer(request: Request, item: Item, keep: str = _REVALIDATE) -> Response:
    etag = f'"{item.etag}"'
    headers = {"ETag": etag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
    if item.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = policy_for(item.import_maps, parts_of(request).own.map_tiles)
    given = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if etag in given:
        return Response(status_code=304, headers=headers)
    body = item.body
    if item.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = item.squeezed
    return Response(body, headers=headers, media_type=item.media_type)


def _page(name: str, request: Request) -> Response:
    item = _packs().page(name)
    if item is None:
        raise not_found()
    return _answer(request, item)


@router.get("/")
async def home(request: Request, parts: Needs) -> Response:
    """To the page of the caller's role; to the log-in when nobody is signed in."""
    someone = await who(request, parts)
    if someone is None:
        return RedirectResponse("/login", 303)
    if someone.session.held:
        return RedirectResponse("/account", 303)
    roles = {grant.role for grant in someone.session.grants}
    return RedirectResponse(_PAGE_OF.get(frozenset(roles), "/board"), 303)


# Where an invitation leads, the log-in, and a page for each kind of person; their data asks for a session.
_NAMES = ("login", "enter", "board", "care", "account", "family", "respond", "console", "bench")

# Plain functions: they read files, and run in a thread.
for _name in _NAMES:
    router.add_api_route(f"/{_name}", partial(_page, _name), methods=["GET"])


@router.get("/sw.js")
def service_worker(request: Request) -> Response:
    """Served at the root, because a service worker looks after pages at and below its own address."""
    return static("sw.js", request)


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """Browsers ask for it unasked."""
    return static("favicon.svg", request)


@router.get("/static/{name:path}")
def static(name: Annotated[str, PathParam()], request: Request) -> Response:
    """Scripts, styles and pictures; below packs/ what was linked for a page."""
    packed = name.startswith(_PACKS)
    item = _packs().pack(name.removeprefix(_PACKS)) if packed else _files().find(name)
    if item is None:
        raise not_found()
    return _answer(request, item, _FOR_EVER if packed else _REVALIDATE)


def prepare() -> None:
    """Link every page now, so that nobody waits for it."""
    for name in _NAMES:
        _packs().page(name)
