"""OperationOutcome: every error under /fhir leaves in FHIR's form, also one that arose before any route."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.fhir.words import MEDIA_TYPE, Resource, without_none

BASE = "/fhir"
PROBLEM = "urn:nowalls:problem"
_CODES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported",
    406: "not-supported",
    408: "timeout", 409: "conflict", 412: "multiple-matches", 413: "too-long", 415: "not-supported",
    422: "processing", 429: "throttled", 503: "transient",
}  # fmt: skip


def outcome(problem: Mapping[str, Any]) -> Resource:
    """A problem of ours (api.problems) as an OperationOutcome; `issue` names one of FHIR's issue types."""
    status = int(problem["status"])
    issue = without_none(
        {
            "severity": "fatal" if status >= 500 else "error",
            "code": problem.get("issue") or _CODES.get(status, "exception"),
            "details": {
                "coding": [{"system": PROBLEM, "code": problem["code"]}],
                "text": problem["title"],
            },
            "diagnostics": problem["detail"] or None,
        }
    )
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def warning(code: str, text: str) -> Resource:
    """What is to be said of an answer that is right and not whole; `code` is of FHIR's issue types."""
    issue = {"severity": "warning", "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


class AsOutcome:
    """The outermost layer of `app` for what lies under /fhir: problem+json becomes an OperationOutcome."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not (scope["path"] + "/").startswith(BASE + "/"):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def sending(message: Message) -> None:
            nonlocal held, body
            if message["type"] == "http.response.start" and _is_problem(message):
                held = message
            elif held is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _say(send, held, body)

        await self._app(scope, receive, sending)


def _is_problem(message: Message) -> bool:
    return (b"content-type", b"application/problem+json") in message["headers"]


async def _say(send: Send, start: Message, body: bytes) -> None:
    said = json.dumps(outcome(json.loads(body)), ensure_ascii=False).encode()
    kept = [one for one in start["headers"] if one[0] not in (b"content-type", b"content-length")]
    headers = [
        *kept,
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(said)).encode()),
    ]
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": said})
