"""Pages of a list: an opaque cursor that holds the sort key of the last row seen."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Query

from api.problems import Problem
from core.instant import to_datetime

Row = TypeVar("Row")

_WORD = re.compile(r"[\w-]*", re.ASCII)  # the texts that sort keys are made of: words and ids

DEFAULT = 50
MOST = 200
MOST_OF_MANY = 1000  # where a page holds tens of thousands: twenty requests for a whole city

Limit = Annotated[int, Query(ge=1, le=MOST, description="how many items at most")]
LongLimit = Annotated[int, Query(ge=1, le=MOST_OF_MANY, description="how many items at most")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]


def encode(key: Sequence[str | int]) -> str:
    """The cursor behind a row whose sort key is `key`."""
    text = json.dumps(list(key), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, shape: Sequence[type]) -> list[Any] | None:
    """The sort key in `cursor`, or None for the first page.

    `shape` names the type of each part; anything else is a Problem 422 "bad-cursor": a cursor comes from
    outside, and its parts go into a query.
    """
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "bad-cursor") from error
    if not isinstance(key, list) or [type(part) for part in key] != list(shape):
        raise Problem(422, "bad-cursor")
    if any(isinstance(part, str) and not _WORD.fullmatch(part) for part in key):
        raise Problem(422, "bad-cursor")
    return key


def moment(instant: int) -> datetime:
    """The datetime in a cursor; Problem 422 when there is none so early or late."""
    try:
        return to_datetime(instant)
    except OverflowError as error:
        raise Problem(422, "bad-cursor") from error


def page(
    rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[str | int]]
) -> tuple[Sequence[Row], str | None]:
    """The first `limit` of `rows` (which were asked for as limit + 1) and the cursor of what follows."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    return kept, encode(key(kept[-1]))
