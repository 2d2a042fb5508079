"""/status: whether it works, in plain words, for everybody; what does not, for who runs the whole house."""

from html import escape
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from api.condition import works
from api.doctor.commands import shown
from api.doctor.facts import Level, Remark
from api.guard import Caller, Signed, who
from api.models.words import Instant, Text
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem
from core import messages
from core.instant import from_datetime

router = APIRouter(prefix="/status", tags=["health"])
page = APIRouter(include_in_schema=False)

_SIGN = {Level.WELL: "✓", Level.SOON: "○", Level.BROKEN: "✗"}
_PAGE = """<!doctype html>
<html lang="{tag}" data-theme="light" data-size="normal" data-contrast="normal"><head>
<meta charset="utf-8"><title>nowalls</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="30">
<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style/tokens.css"><link rel="stylesheet" href="/static/style/base.css">
<link rel="stylesheet" href="/static/style/gate.css"></head>
<body class="gate-page"><main class="gate">
<header class="gate-head"><span class="brand">nowalls</span></header>
<div class="gate-main"><h1 class="story">{verdict}</h1>{details}</div>
<p class="gate-foot soft">{when}</p></main></body></html>
"""


class Status(BaseModel):
    """Whether people are watched over just now; more is nobody else's business."""

    works: bool
    at: Instant


class Check(BaseModel):
    """One sentence of the doctor."""

    check: str = Field(examples=["database"])
    level: Literal["well", "soon", "broken"]
    text: Text


class Details(Status):
    """What the doctor says."""

    checks: list[Check]


@router.get("")
async def read(parts: Needs) -> Status:
    """Whether the database, the broker and every part do their work; for everybody."""
    return Status(works=works(await parts.condition.remarks()), at=parts.wall_now)


@router.get("/details")
async def details(caller: Signed, parts: Needs) -> Details:
    """Everything the doctor looks at; for administrators of the whole."""
    if not _runs_the_house(caller):
        raise Problem(403)
    remarks = await parts.condition.remarks()
    checks = [Check.model_validate(shown(one)) for one in remarks]
    return Details(works=works(remarks), at=parts.wall_now, checks=checks)


@page.get("/status")
async def status_page(request: Request, parts: Needs) -> HTMLResponse:
    """The same as a page that needs no script, in the language the browser asks for."""
    remarks = await parts.condition.remarks()
    language = "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
    verdict = messages.render("status.works" if works(remarks) else "status.fails", {}, language, "UTC")
    rows = _rows(remarks, language) if await _may_see(request, parts) else ""
    when = messages.render("status.when", {"checked_at": from_datetime(parts.wall_now)}, language, "UTC")
    tag = "en" if language == "en" else "zh-CN"
    text = _PAGE.format(tag=tag, verdict=escape(verdict), details=rows, when=escape(when))
    return HTMLResponse(text, 200 if works(remarks) else 503, {"Cache-Control": "no-store"})


def _rows(remarks: list[Remark], language: str) -> str:
    """What is wrong stands first."""
    first = sorted(remarks, key=lambda one: -list(_SIGN).index(one.level))
    said = [(one, messages.render(one.key, one.params, language, "UTC")) for one in first]
    rows = [f'<li class="{one.level}">{_SIGN[one.level]} {escape(text)}</li>' for one, text in said]
    return f'<ul class="gate-card plain checks">{"".join(rows)}</ul>'


async def _may_see(request: Request, parts: Parts) -> bool:
    try:
        someone = await who(request, parts)
    except Exception:
        return False  # the database is away: the page says so all the same
    return someone is not None and _runs_the_house(someone)


def _runs_the_house(caller: Caller) -> bool:
    return caller.may(Action.SEE_SYSTEM).whole
