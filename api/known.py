"""Browsers in which somebody signed in before: others' mistakes behind the same address are not theirs.

A whole station is often one address to us. Whoever guesses there would shut the door for all of it; so a
browser keeps a cookie that says, sealed, who signed in in it. For these logins its mistakes are counted by
themselves. The cookie lets nobody in, and says nothing to who reads it.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from api import tokens
from api.parts import Parts
from api.vault import NotOurs, Vault

_COOKIE = "nw_known"
_PATH = "/api/v1/session"  # only where one signs in
_PURPOSE = "known browser"
_LASTS = timedelta(days=180)
_MOST = 12  # people at one computer
_MOST_LETTERS = 3000


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody signed in in this browser.

    Attributes:
        login: the first letters of a digest of it. word: random, by which their mistakes here are counted.
        until: Unix seconds.
    """

    login: str
    word: str
    until: int


def _short(login: str) -> str:
    return tokens.digest(login).hex()[:24]


def _opened(vault: Vault, cookie: str, now: datetime) -> list[Mark]:
    if not cookie or len(cookie) > _MOST_LETTERS:
        return []
    try:
        text = vault.open(base64.urlsafe_b64decode(cookie.encode("ascii")), _PURPOSE)
    except (NotOurs, binascii.Error, ValueError):
        return []
    marks = [Mark(*one) for one in json.loads(text)]
    return [one for one in marks if one.until > now.timestamp()]


def _sealed(vault: Vault, marks: list[Mark]) -> str:
    text = json.dumps([[one.login, one.word, one.until] for one in marks])
    return base64.urlsafe_b64encode(vault.seal(text.encode(), _PURPOSE)).decode()


def _vault(parts: Parts) -> Vault:
    return Vault(parts.settings.data_dir / "keys")


async def word_of(request: Request, parts: Parts, login: str) -> str:
    """By what mistakes of the (folded) `login` in this browser are counted; "" where it never signed in."""
    cookie = request.cookies.get(_COOKIE, "")
    marks = await run_sync(_opened, _vault(parts), cookie, parts.wall_now) if cookie else []
    return next((one.word for one in marks if one.login == _short(login)), "")


async def remember(request: Request, response: Response, parts: Parts, login: str) -> None:
    """Somebody has signed in: `response` takes it to the browser."""
    vault, now = _vault(parts), parts.wall_now
    marks = await run_sync(_opened, vault, request.cookies.get(_COOKIE, ""), now)
    others = [one for one in marks if one.login != _short(login)]
    word = next((one.word for one in marks if one.login == _short(login)), tokens.fresh()[:22])
    mine = Mark(_short(login), word, int((now + _LASTS).timestamp()))
    sealed = await run_sync(_sealed, vault, [*others[-_MOST + 1 :], mine])
    response.set_cookie(
        _COOKIE,
        sealed,
        max_age=int(_LASTS.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
