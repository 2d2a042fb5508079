"""What somebody signed in reads or changes of personal data is noted before the answer leaves."""

import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit import trail
from api.audit.trail import Looked
from api.lease import DOOR, borrowed
from api.policy import Action
from api.store import audit
from api.store.audit import Entry

if TYPE_CHECKING:
    from api.guard import Caller
    from api.parts import Parts

log = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED = 403
_PREFIX = "/api/v1"
_KEPT = ("/api/", "/fhir/")
_PLAIN = frozenset({"resource"})  # the name of a FHIR resource says what was looked at


class AuditTrail:
    """Wraps the routes of `app`. An entry that cannot be written is an answer that is not given."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; whoever called before is nobody here, however tasks are made."""
        with borrowed(DOOR):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_KEPT):
            await self._app(scope, receive, send)
            return
        looked, noted = trail.begin(), False

        async def sending(message: Message) -> None:
            nonlocal noted
            if message["type"] == "http.response.start" and not noted:
                noted = True
                await _note(scope, looked, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if not noted:  # what was changed before it failed is changed
                await _note(scope, looked, 500)
            raise


async def _note(scope: Scope, looked: Looked, status: int) -> None:
    caller: Caller | None = scope.get("state", {}).get("caller")
    if caller is None:
        return
    known: dict[str, Any] = scope.get("path_params") or {}
    resident, incident = _number(known.get("resident")), _uuid(known.get("incident"))
    if resident is not None and not looked.many:
        looked.add([resident])
    personal = bool(looked.residents or looked.many or incident)
    changes = scope["method"] not in _SAFE
    if not (personal or changes or status == _REFUSED):
        return
    parts: Parts = scope["app"].state.parts
    client = scope.get("client")
    entry = Entry(
        at=parts.wall_now,
        account=caller.session.account,
        what=f"{scope['method']} {_template(scope['path'], known)}",
        actions=sorted(looked.actions),
        residents=sorted(looked.residents),
        within=sorted(set(_paths(caller, looked))) if looked.many else [],
        incident=incident,
        why=looked.why[:500],
        address=client[0] if client else "",
        outcome=status,
    )
    async with parts.pool.connection() as conn:
        await audit.add(conn, entry)


def _template(path: str, known: dict[str, Any]) -> str:
    """The path below the API's, with the names of its parameters in place of their values."""
    names = {str(value): f"{{{name}}}" for name, value in known.items() if name not in _PLAIN}
    return "/".join(names.get(step, step) for step in path.removeprefix(_PREFIX).split("/"))[:200]


def _paths(caller: "Caller", looked: Looked) -> list[str]:
    return [path for name in looked.actions for path in caller.may(Action(name)).paths]


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if value is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
