"""Attempts on what is somebody else's: every route, with foreign keys in path, query, body and cursor; FHIR,
pictures and sheets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image

from api.fhir.search import PARAMETERS
from api.paging import encode
from tests.fuzz.doors import OBSERVATION
from tests.support.sides import Side

# Parameters of a path that are no key of anybody's.
NO_KEYS = {"day", "name", "kind", "purpose", "month", "metric", "token_kind"}
# Breaking the glass is meant to reach further (tests/integration/test_emergencies.py).
LEFT_OUT = {("post", "/api/v1/emergencies")}


@dataclass(frozen=True)
class Attempt:
    """One request of `route`; `foreign` when its path names somebody else: only a refusal is right. With a
    `media` type the body is those bytes, else JSON."""

    route: str
    method: str
    path: str
    foreign: bool
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    media: str = ""


def attempts(description: Mapping[str, Any], victim: Side, own: Mapping[str, Any]) -> Iterator[Attempt]:
    """Attempts by the OpenAPI `description`; `own` are keys of the attacker's own by name."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if (method, path) not in LEFT_OUT:
                yield from _of_operation(description, victim, own, method, path, operation)
    yield from _of_fhir(victim)
    yield from _of_files(victim)


_FHIR = "application/fhir+json"


def _of_fhir(victim: Side) -> Iterator[Attempt]:
    """Every kind of resource by key, by person, by words, and written about."""
    key, person = victim.key, f"Patient/{victim.key}"
    ids = (
        f"{key}",
        f"{victim.uuid}",
        f"{key}.{key}",
        f"told-{key}",
        f"{key}-{key}",
        f"heart_rate.{key}.{key}",
    )
    for kind in (*sorted(PARAMETERS), "Subscription"):
        route = f"FHIR {kind}"
        for one in ids:
            yield Attempt(route, "get", f"/fhir/{kind}/{one}", True)
        if kind == "Subscription":
            yield Attempt(route, "delete", f"/fhir/{kind}/{key}", True)
        for query in (
            {}, {"patient": str(key)}, {"patient": person}, {"subject": person}, {"_id": str(key)},
            {"identifier": victim.word}, {"_id": f"{key},{victim.uuid}"}, {"name": victim.word},
            {"source": f"Device/{key}"}, {"patient": f"2,{key}"}, {"_cursor": encode([key - 1])},
        ):  # fmt: skip
            yield Attempt(route, "get", f"/fhir/{kind}", False, query)
            form = "&".join(f"{name}={value}" for name, value in query.items()).encode()
            media = "application/x-www-form-urlencoded"
            yield Attempt(route, "post", f"/fhir/{kind}/_search", False, {}, form, media)
    yield Attempt("FHIR everything", "get", f"/fhir/{person}/$everything", True)
    said = OBSERVATION | {"subject": {"reference": person}}
    yield Attempt("FHIR tell", "post", "/fhir/Observation", True, {}, json.dumps(said).encode(), _FHIR)
    for kind in ("Flag", "DetectedIssue", "Observation"):
        wish = {"resourceType": "Subscription", "criteria": f"{kind}?patient={key}",
                "channel": {"type": "rest-hook", "endpoint": "https://1.1.1.1/x"}}  # fmt: skip
        yield Attempt("FHIR bell", "post", "/fhir/Subscription", True, {}, json.dumps(wish).encode(), _FHIR)


def _of_files(victim: Side) -> Iterator[Attempt]:
    """A picture of what is theirs; a sheet that names their people, home and station."""
    for kind, key in (("incident", victim.uuid), ("visit", victim.key), ("adaptation", victim.key)):
        query = {"subject": f"{kind}:{key}"}
        yield Attempt("POST /photos", "post", "/api/v1/photos", True, query, _PICTURE, "image/jpeg")
    sheet = f"station,home,name,phone\n{victim.word},{victim.word},{victim.word},{victim.key}\n".encode()
    for name in ("a.csv", "b.xlsx"):
        media = "application/octet-stream"
        yield Attempt(
            "POST /care/intakes", "post", "/api/v1/care/intakes", False, {"name": name}, sheet, media
        )


def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


_PICTURE = _picture()


def _of_operation(
    description: Mapping[str, Any],
    victim: Side,
    own: Mapping[str, Any],
    method: str,
    path: str,
    operation: Any,
) -> Iterator[Attempt]:
    route = f"{method.upper()} {path.removeprefix('/api/v1')}"
    named = operation.get("parameters", ())
    in_path = {one["name"]: _key(one, victim) for one in named if one["in"] == "path"}
    in_query = {one["name"]: _key(one, victim) for one in named if one["in"] == "query"}
    required = {one["name"] for one in named if one["in"] == "query" and one.get("required")}
    keyed = {name for name in in_path if name not in NO_KEYS}
    bodies = list(_bodies(description, operation, victim)) or [None]
    theirs, mine = path.format(**in_path), path.format(**{name: own.get(name, 1) for name in in_path})
    least = {name: value for name, value in in_query.items() if name in required}
    keys: list[list[str | int]] = [
        [0], [victim.key - 1], [0, 0], [0, str(victim.uuid)], [0, 0, str(victim.uuid)],
    ]  # fmt: skip
    cursors = [encode(key) for key in keys]
    for body in bodies:
        yield Attempt(route, method, theirs, bool(keyed), least, body)
        yield Attempt(route, method, theirs, bool(keyed), in_query, body)
        if in_path:
            yield Attempt(route, method, mine, False, in_query, body)
        for name, value in in_query.items():
            if name == "cursor":
                for cursor in cursors:
                    yield Attempt(route, method, mine, False, least | {"cursor": cursor}, body)
            elif name not in required:
                yield Attempt(route, method, mine, False, least | {name: value}, body)


def _key(parameter: Any, victim: Side) -> Any:
    return _made({}, parameter["schema"], victim, parameter["name"])


def _bodies(description: Mapping[str, Any], operation: Any, victim: Side) -> Iterator[Any]:
    """Bodies that the description allows: with everything, with what is required, each choice of words."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    schema = _resolved(description, content["application/json"]["schema"])
    whole = _made(description, schema, victim, "")
    yield whole
    if not isinstance(whole, dict):
        return
    properties, required = schema.get("properties", {}), set(schema.get("required", ()))
    yield {name: value for name, value in whole.items() if name in required}
    for name, one in properties.items():
        for word in _choices(description, one)[1:]:
            yield whole | {name: word}


def _choices(description: Mapping[str, Any], schema: Any) -> list[Any]:
    schema = _resolved(description, schema)
    found: list[Any] = list(schema.get("enum", ()))
    for one in schema.get("anyOf", ()):
        found += _choices(description, one)
    return found


def _resolved(description: Mapping[str, Any], schema: Any) -> Any:
    while "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


_CODES = {"home", "code", "device", "q", "login", "station_code"}
_TEXTS = {"date-time": "2026-03-01T03:00:00Z", "date": "2026-03-01", "time": "03:00:00"}


def _made(description: Mapping[str, Any], schema: Any, victim: Side, name: str) -> Any:
    """A value that fits `schema`, pointing at the victim wherever it can."""
    schema = _resolved(description, schema)
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            chosen = next((one for one in schema[many] if one.get("type") != "null"), schema[many][0])
            return _made(description, chosen, victim, name)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {
            key: _made(description, one, victim, key) for key, one in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [_made(description, schema.get("items", {}), victim, name.removesuffix("s"))]
    if kind == "integer":
        most, least = (
            schema.get("maximum", schema.get("exclusiveMaximum", 2**31 - 1)),
            schema.get("minimum", 1),
        )
        return victim.key if least <= victim.key <= most else least
    if kind == "number":
        return schema.get("minimum", 1.0)
    if kind == "boolean":
        return True
    return _text(schema, victim, name)


def _text(schema: Any, victim: Side, name: str) -> str:
    form = schema.get("format", "")
    if name == "request":  # of the attacker's own making: the same again is the same request
        return "11111111-1111-4111-8111-111111111111"
    if form == "uuid" or name in ("incident", "incident_id", "photo"):
        return str(victim.uuid)
    if form in _TEXTS:
        return _TEXTS[form]
    if name == "subject":
        return f"incident:{victim.uuid}"
    if name == "month":
        return "2026-03"
    if schema.get("pattern", "").startswith(r"^\d{4}-\d{2}-\d{2}"):
        return "2026-03-01"
    # What the victim's things are called; elsewhere something that is told from what was the victim's before.
    text = victim.word if name in _CODES else "harmless words"
    return text[: schema.get("maxLength", 60)].ljust(schema.get("minLength", 0), "x")


def said(answer: Any) -> str:
    """An answer as text, for a test that failed."""
    asked = answer.request
    return f"{asked.method} {asked.url} {asked.content[:300]!r} -> {answer.status_code} {answer.text[:300]}"
