"""What the calls stand on: HTTP with a token, errors as exceptions, pages one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import httpx


class Problem(Exception):
    """An answer that is not the one hoped for (RFC 9457).

    Attributes:
        status: of HTTP. code: a word for programs. title: a sentence for people.
        body: the whole of it; some codes add members of their own.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status, self.body = status, body
        self.code: str = str(body.get("code", ""))
        self.title: str = str(body.get("title", ""))
        super().__init__(f"{status} {self.code}: {self.title} {body.get('detail', '')}".strip())


class Transport:
    """A connection to one nowalls; close it, or use it in a `with` statement."""

    def __init__(
        self, url: str, token: str, *, timeout_s: float = 30.0, http: httpx.Client | None = None
    ) -> None:
        """`url` without a path; `token` begins with nwt_; `http` where a client of your own is needed."""
        self._http = http or httpx.Client(timeout=timeout_s)
        self._url = url.rstrip("/")
        self._token = token

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    @staticmethod
    def step(value: object) -> str:
        """A value as one step of a path."""
        return quote(_text(value), safe="")

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        media: str = "",
        raw: bool = False,
    ) -> Any:
        """One request: the answer's JSON, its bytes (`raw`), or None. Raises Problem, httpx.HTTPError."""
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Content-Type": media} if media else {})
        asked = {name: _value(value) for name, value in (query or {}).items() if value is not None}
        answer = self._http.request(
            method, self._url + path, params=asked or None, json=json, content=content, headers=headers
        )
        if answer.is_error:
            raise _problem(answer)
        if raw:
            return answer.content
        return answer.json() if answer.content else None


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _value(value: object) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return _text(value)


def _problem(answer: httpx.Response) -> Problem:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    return Problem(answer.status_code, body if isinstance(body, dict) else {})


def each(page: Callable[[str | None], Any]) -> Iterator[Any]:
    """Every item of a list that has pages; `page` gives the one behind a cursor."""
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from found["items"]
        cursor = found["next"]
        if cursor is None:
            return
