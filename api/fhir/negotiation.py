"""In which form an answer is wanted. Pure."""

# As a `_format` and as media types of an Accept header; older clients ask for JSON by its general name.
_SHORT = frozenset({"json"})
_JSON = frozenset({"application/fhir+json", "application/json", "application/json+fhir", "text/json"})
_ANY = frozenset({"*/*", "application/*"})


def is_json(asked: str | None, accept: str | None) -> bool:
    """Whether JSON will do: `asked` is the parameter _format, which counts before the Accept header."""
    if asked is not None:
        # The plus of a media type comes out of an address as a space when it was not escaped.
        return _kind(asked).replace(" ", "+") in _SHORT | _JSON | _ANY
    ways = [_kind(one) for one in (accept or "*/*").split(",") if not _refused(one)]
    return any(way in _JSON | _ANY for way in ways)


def _kind(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _refused(way: str) -> bool:
    """Whether its weight is none at all: not this one."""
    weights = [part.strip() for part in way.split(";")[1:] if part.strip().startswith("q=")]
    return any(weight.removeprefix("q=").rstrip("0").rstrip(".") in ("", "0") for weight in weights)
