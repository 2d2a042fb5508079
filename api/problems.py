"""Errors as application/problem+json (RFC 9457): one form for all, and nothing of the inside in it."""

import logging
import traceback
from typing import Any, cast

import psycopg
import psycopg_pool
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: ("bad-request", "The request cannot be understood"),
    401: ("signed-out", "Please sign in"),
    403: ("not-permitted", "This is not permitted"),
    404: ("not-found", "Nothing here"),
    405: ("method-not-allowed", "This method is not allowed here"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "The body must be JSON"),
    408: ("too-slow", "The request took too long to arrive"),
    421: ("foreign-host", "This is not our name"),
    422: ("invalid", "Some values are not acceptable"),
    429: ("slow-down", "Too many attempts"),
    500: ("internal", "Something went wrong on our side"),
    503: ("unavailable", "Not available just now"),
}


class ProblemBody(BaseModel):
    """What every error looks like; some codes add members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/not-found"])
    title: str = Field(examples=["Nothing here"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=[""])
    code: str = Field(examples=["not-found"])


class Problem(Exception):
    """An answer that is not the one hoped for; raise it anywhere below a route.

    Args:
        status: the HTTP status.
        code: slug that programs read; the status' own if not given.
        detail: one sentence for people, without personal data.
        headers: such as Retry-After.
        extra: further members of the body.
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        detail: str = "",
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        usual, title = _TITLES.get(status, ("error", "The request failed"))
        super().__init__(code or usual)
        self.status, self.code, self.title, self.detail = status, code or usual, title, detail
        self.headers, self.extra = headers, extra

    def response(self) -> Response:
        """The HTTP answer."""
        body = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }
        headers = {"Cache-Control": "no-store", **(self.headers or {})}
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


def not_found() -> Problem:
    """For what does not exist and for what the caller may not know exists: the two look the same."""
    return Problem(404)


def _of_http(error: HTTPException) -> Problem:
    headers = dict(error.headers) if error.headers else None
    return Problem(error.status_code, headers=headers)


_NO_OBJECT = "Input should be an object in JSON, sent with Content-Type: application/json"


def _of_validation(error: RequestValidationError) -> Problem:
    errors = [
        {
            "where": [str(step) for step in one["loc"]],
            "kind": str(one["type"]),
            "message": _NO_OBJECT if one["type"] == "model_attributes_type" else str(one["msg"]),
        }
        for one in error.errors()
    ]
    return Problem(422, errors=errors)  # without the input: it may hold a password


def of_database(error: Exception) -> Problem | None:
    """503 when `error` says that the database is away, 404 when a row was none of the caller's, else None."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        log.error("the second wall held", extra=describe(error))
        return not_found()  # as everything outside the caller's scope
    gone = (psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed, psycopg.OperationalError)
    if isinstance(error, (*gone, psycopg.InterfaceError)):
        return Problem(503, "database-unavailable", headers={"Retry-After": "2"})
    return None


def describe(error: Exception) -> dict[str, str]:
    """Fields for the log: the kind of error and where it arose. Its message may carry what a person typed."""
    frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
    return {"error": type(error).__name__, "frames": frames}


def _of_anything(error: Exception, route: str) -> Problem:
    problem = of_database(error)
    if problem is not None and problem.status == 404:
        return problem
    if problem is not None:
        log.warning("the database is away", extra={"error": type(error).__name__, "route": route})
        return problem
    log.error("request failed", extra={**describe(error), "route": route})
    return Problem(500)


class Catch:
    """Answers what nobody below expected; the server, which would log its message, hears nothing of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except WebSocketDisconnect:
            return  # the peer left while something was being said
        except Exception as error:  # the outermost edge: answered and logged
            route = getattr(scope.get("route"), "path", "")
            problem = _of_anything(error, route)
            if scope["type"] == "http" and not begun:
                await problem.response()(scope, receive, send)
            elif scope["type"] == "websocket":
                await _close(send, begun)


async def _close(send: Send, begun: bool) -> None:
    try:
        await send({"type": "websocket.close", "code": 1011 if begun else 1013})
    except (RuntimeError, OSError):  # closed already
        log.debug("socket closed before it could be told")


async def _problem(request: Request, error: Exception) -> Response:
    return cast("Problem", error).response()


async def _http(request: Request, error: Exception) -> Response:
    return _of_http(cast("HTTPException", error)).response()


async def _validation(request: Request, error: Exception) -> Response:
    return _of_validation(cast("RequestValidationError", error)).response()


def install(app: FastAPI) -> None:
    """Answer every error of `app` in this form."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_middleware(Catch)
