"""Lengths of time as people write them."""

import re
from typing import Any

_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)\s*")
_IN_SECONDS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86_400}


class Span(float):
    """A length of time, seconds; written `3 s`, `1.5 min`, `2 h`, `21 d` or `250 ms`."""


def span(text: object) -> Span:
    """Seconds of `3 s`, `2 h`, ...; raises ValueError."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no length of time such as 3 s, 1.5 min, 2 h, 21 d or 250 ms")
    return Span(float(found[1]) * _IN_SECONDS[found[2]])


def decode(kind: type, value: Any) -> Any:
    """For msgspec: what a field of type `kind` holds."""
    if kind is Span:
        return span(value)
    # How msgspec wants to hear of a type that is none of ours; it never comes to whoever writes a scenario.
    raise NotImplementedError(kind)
