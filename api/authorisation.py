"""Writes docs/authorisation.md from the code: roles by actions, routes by actions, tables by rules.

python -m api.authorisation docs/authorisation.md
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute

from api import guard
from api.app import create_app
from api.policy import POLICY, Action, Role
from api.settings import ApiSettings
from core.access import roles
from core.access.functions import FUNCTIONS
from core.access.tables import TABLES
from core.settings import Settings

# Routes that answer somebody who is not signed in, and why they may.
OPEN = {
    "POST /session": "signing in",
    "POST /session/second": "signing in: the second factor, with the secret of the first step",
    "POST /session/passkey/options": "signing in with a passkey: a challenge",
    "POST /session/passkey": "signing in with a passkey",
    "POST /invitations/look": "whoever has the code of an invitation may see what it is for",
    "POST /invitations/redeem": "... and come in with it",
    "GET /health": "whether the process lives: says nothing else",
    "GET /ready": "whether it can serve: says nothing else",
    "GET /status": "whether people are watched over just now: says nothing else",
    "POST /device-claims": "a device has no session: the claim code, which is used once, is its proof",
    "POST /device-renewals": "a device proves itself with its secret",
    "POST /device-messages/{stream}": "a device proves itself with its secret",
    "POST /device-messages/in/{tail:path}": "a device proves itself with its secret",
    "POST /resets/look": "whoever has the code of a reset may see what it is for",
    "POST /resets/redeem": "... and use it once",
    "GET /provider": "whether people may sign in by an identity provider, and its name",
    "POST /provider/start": "signing in elsewhere",
    "GET /provider/callback": "coming back from there, with a state that is known and used once",
    "POST /session/step": "signing in: what the next step is, by the secret of the first",
    "GET /fhir/metadata": "what the FHIR server can do: nothing of anybody",
    "WS /live": "asks for the session itself and closes with 4401 without one",
}
# Routes for anybody who is signed in, because they are about the caller alone.
OWN = ("/me", "/session", "/push/key", "/provider/link")


def routes(app: FastAPI) -> Iterator[tuple[str, APIRoute | APIWebSocketRoute]]:
    """Every route of the API as "GET /residents/{resident}", also those of routers within routers."""
    for schema_path, route in _walk(app.routes, ""):
        path = schema_path.removeprefix("/api/v1")
        if path == schema_path and not path.startswith("/fhir/"):
            continue
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                yield f"{method} {path}", route
        else:
            yield f"WS {path}", route


def _walk(found: Any, prefix: str) -> Iterator[tuple[str, APIRoute | APIWebSocketRoute]]:
    for route in found:
        if isinstance(route, APIRoute | APIWebSocketRoute):
            yield prefix + route.path, route
        elif hasattr(route, "original_router"):  # included as it is
            context = route.include_context
            yield from _walk(route.original_router.routes, prefix + context.prefix)


def signed(route: APIRoute | APIWebSocketRoute) -> bool:
    """Whether the route is served to nobody who is not signed in."""
    return any(call is guard.caller for call in _calls(route.dependant))


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)


def actions(route: APIRoute | APIWebSocketRoute) -> set[Action]:
    """What the route, or what it calls within the API, asks whether its caller may do it."""
    found: set[Action] = set()
    for call in _calls(route.dependant):
        found |= _asked(call, frozenset())
    return found


def _asked(call: Any, above: frozenset[Any]) -> set[Action]:
    call = inspect.unwrap(call)
    if not isinstance(call, FunctionType) or call in above or not call.__module__.startswith("api."):
        return set()
    named, below = _reads(call)
    found = set(named)
    for one in below:
        found |= _asked(one, above | {call})
    return found


@cache
def _reads(call: FunctionType) -> tuple[frozenset[Action], tuple[Any, ...]]:
    """The actions named in the text of `call`, and the functions that it names."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(call)))
    named: set[Action] = set()
    below: list[Any] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = call.__globals__.get(node.value.id)
            if owner is Action:
                named.add(Action[node.attr])
            elif isinstance(owner, ModuleType | type):
                below.append(getattr(owner, node.attr, None))
        elif isinstance(node, ast.Name):
            below.append(call.__globals__.get(node.id))
            constant = call.__globals__.get(node.id)
            named |= {one for one in _within(constant) if isinstance(one, Action)}
    return frozenset(named), tuple(one for one in below if isinstance(one, FunctionType))


def _within(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, tuple | list | set | frozenset):
        yield from value
    else:
        yield value


def document(app: FastAPI) -> str:
    """The whole of docs/authorisation.md."""
    parts = (_matrix(), _routes(app), _tables(), _functions())
    return "\n".join([*_HEAD.splitlines(), *(line for part in parts for line in ("", *part)), ""])


_HEAD = """# Authorisation

Written by `python -m api.authorisation docs/authorisation.md`; a test compares it with the code.

Two walls keep everybody to what is theirs. The first is the program: each route asks `caller.scope(Action)`,
and every statement carries that scope. The second is PostgreSQL: each connection works as a role that owns
nothing, with the caller's stations and residents set on it, and a policy on each table lets only their rows
through ([ADR 0013](adr/0013-rows-and-audit.md)). What lies outside does not exist: 404, not 403.

A role holds on a node of the station tree and everything below it; family on one resident, while that
resident consents (`family_view`); emergency on one resident for an hour, after breaking the glass
([audit.md](audit.md))."""


def _matrix() -> Iterator[str]:
    yield "## Roles and actions"
    yield ""
    yield f"| action | {' | '.join(role.value for role in Role)} |"
    yield f"| --- |{' --- |' * len(Role)}"
    for action in Action:
        marks = " | ".join("yes" if role in POLICY[action] else "" for role in Role)
        yield f"| `{action.value}` | {marks} |"


def _routes(app: FastAPI) -> Iterator[str]:
    yield "## Routes"
    yield ""
    yield "`own`: for anybody signed in, about themselves. Of several actions some are for parts."
    yield ""
    yield "| route | asks |"
    yield "| --- | --- |"
    for name, route in sorted(routes(app), key=lambda one: one[0].split(" ")[::-1]):
        if name in OPEN:
            asks = f"open: {OPEN[name]}"
        else:
            asks = ", ".join(f"`{one.value}`" for one in sorted(actions(route))) or "own"
        yield f"| `{name}` | {asks} |"


def _tables() -> Iterator[str]:
    yield "## Tables"
    yield ""
    yield "What the database role of a caller may do (r read, a add, w change, d take away), and which rows."
    yield "The parts of the program (ingest, alerts, deliver, the live feed, the audit's sealer, the door"
    yield "before anybody is known) are kept to tables."
    yield ""
    parts = [role for role in roles.UNBOUND if role != roles.WHOLE]
    yield f"| table | caller | rows | {' | '.join(role.removeprefix('nowalls_') for role in parts)} |"
    yield f"| --- | --- | --- |{' --- |' * len(parts)}"
    for name, table in sorted(TABLES.items()):
        rows = f"all: {table.rule.why}" if table.rule.open else "those in scope"
        if table.rule.open and table.rule.write:
            rows += "; written in scope"
        given = " | ".join(table.others.get(role, "") for role in parts)
        yield f"| `{name}` | {table.caller} | {rows} | {given} |"


def _functions() -> Iterator[str]:
    yield "## Functions"
    yield ""
    yield "What works in the database as its owner, past the rows, and which roles alone may call it."
    yield ""
    yield "| function | roles | why |"
    yield "| --- | --- | --- |"
    for name, function in sorted(FUNCTIONS.items()):
        callers = ", ".join(role.removeprefix("nowalls_") for role in function.callers)
        yield f"| `{name}` | {callers} | {function.why} |"


def main() -> None:
    """Entry point of `python -m api.authorisation`."""
    app = create_app(Settings(), ApiSettings())
    Path(sys.argv[1]).write_text(document(app), encoding="utf-8")


if __name__ == "__main__":
    main()
