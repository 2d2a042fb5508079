"""Bundles: pages of a search, and the cursor between them. No I/O."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from api.fhir.search import BadSearch
from api.fhir.words import Resource

_WORD = re.compile(r"[A-Za-z0-9._-]{0,80}")


def encode(key: Sequence[str | int]) -> str:
    """The cursor behind a resource whose key is `key`."""
    text = json.dumps(list(key), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, shape: Sequence[type]) -> list[str | int] | None:
    """The key in `cursor`; None for the first page. Raises BadSearch: it comes from outside."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise BadSearch("invalid", "not a cursor of this search") from error
    if not isinstance(key, list) or [type(part) for part in key] != list(shape):
        raise BadSearch("invalid", "not a cursor of this search")
    for n, part in enumerate(key):
        # An instant or the number of a message stands first; what follows are keys of four bytes.
        fits = _WORD.fullmatch(part) if isinstance(part, str) else abs(part) < (2**31 if n else 2**53)
        if not fits:
            raise BadSearch("invalid", "not a cursor of this search")
    return key


def searchset(
    base: str,
    where: str,
    kept: Sequence[tuple[str, str]],
    found: Sequence[Resource],
    following: str | None,
    *,
    along: Sequence[Resource] = (),
    total: int | None = None,
) -> Resource:
    """A page. `where` is the path below `base`, `kept` what was understood of the question, `following` the
    cursor of the next page, `along` what was included, or is to be said of that; `total`: of all pages."""
    question = [(name, value) for name, value in kept if name != "_cursor"]
    links = [{"relation": "self", "url": _url(base, where, kept)}]
    if following is not None:
        links.append({"relation": "next", "url": _url(base, where, [*question, ("_cursor", following)])})
    entries = [_entry(base, one, "match") for one in found] + [_entry(base, one, "include") for one in along]
    body: Resource = {"resourceType": "Bundle", "type": "searchset", "link": links}
    body |= {} if total is None else {"total": total}
    return body | ({"entry": entries} if entries else {})


def _entry(base: str, one: Resource, mode: str) -> Resource:
    if one["resourceType"] == "OperationOutcome":
        return {"resource": one, "search": {"mode": "outcome"}}
    where = f"{base}/{one['resourceType']}/{one['id']}"
    return {"fullUrl": where, "resource": one, "search": {"mode": mode}}


def _url(base: str, where: str, question: Sequence[tuple[str, str]]) -> str:
    return f"{base}/{where}" + (f"?{urlencode(list(question))}" if question else "")
