"""Parameters: how an operation is told what is wanted. No I/O."""

from collections.abc import Mapping
from typing import Any

from api.fhir.search import BadSearch


def asked(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, value) of each; of nothing at all none. Raises BadSearch for what are no Parameters."""
    if not body:
        return []
    given = body.get("parameter", [])
    if body.get("resourceType") != "Parameters" or not isinstance(given, list) or len(given) > 50:
        raise BadSearch("invalid", "the body is no Parameters")
    return [_one(one) for one in given]


def _one(parameter: object) -> tuple[str, str]:
    name = parameter.get("name") if isinstance(parameter, Mapping) else None
    values = (
        [v for k, v in parameter.items() if k.startswith("value")] if isinstance(parameter, Mapping) else []
    )
    if not isinstance(name, str) or len(values) != 1 or not isinstance(values[0], str | int):
        raise BadSearch("invalid", "a parameter has a name and one simple value")
    return name, str(values[0])
