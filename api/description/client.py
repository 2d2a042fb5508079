"""Makes the typed Python client from the OpenAPI document: models as TypedDicts, a method a route. Pure."""

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

_HEAD = '''"""Generated from docs/openapi.json by `python -m api.description`; do not edit."""

# fmt: off
# ruff: noqa
'''
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_INSTANT = "datetime | str"


def models(document: Document) -> str:
    """The text of models.py."""
    schemas = document["components"]["schemas"]
    parts = [_HEAD, "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n"]
    # An alias is a value: it stands before what names it in one. Classes name each other as texts.
    made = {name: _model(name, schema) for name, schema in sorted(schemas.items())}
    parts += [text for name, text in made.items() if not _is_class(schemas[name])]
    parts += [text for name, text in made.items() if _is_class(schemas[name])]
    return "\n".join(parts).rstrip() + "\n"


def _is_class(schema: Document) -> bool:
    return bool(schema.get("properties"))


def _model(name: str, schema: Document) -> str:
    own = _name(name)
    if not _is_class(schema):
        return f"{own}: TypeAlias = {_type(schema, quoted=True)}\n"
    needed = set(schema.get("required", ()))
    fields = {
        field: _type(one, quoted=True) if field in needed else f"NotRequired[{_type(one, quoted=True)}]"
        for field, one in schema["properties"].items()
    }
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in fields):
        lines = "".join(f"    {field}: {kind}\n" for field, kind in fields.items())
        return f"class {own}(TypedDict):\n{_doc(schema, 4)}{lines}\n"
    lines = "".join(f"    {field!r}: {kind},\n" for field, kind in fields.items())
    return f"{own} = TypedDict({own!r}, {{\n{lines}}})\n"


def _doc(schema: Document, indent: int) -> str:
    text = " ".join(str(schema.get("description", "")).split()).replace("\\", "\\\\").replace('"""', "'''")
    return f'{" " * indent}"""{text}"""\n\n' if text else ""


def _name(name: str) -> str:
    return re.sub(r"\W", "", name.title() if "-" in name else name)


def _type(schema: Document, *, quoted: bool = False, within: str = "") -> str:
    if "$ref" in schema:
        name = within + _name(schema["$ref"].rpartition("/")[2])
        return f'"{name}"' if quoted else name
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(one) for one in schema['enum'])}]"
    if "anyOf" in schema:
        return _union([_type(one, within=within) for one in schema["anyOf"]], quoted=quoted)
    return _of_type(schema, quoted=quoted, within=within)


def _union(kinds: list[str], *, quoted: bool) -> str:
    unique = list(dict.fromkeys(kinds))
    text = "Any" if "Any" in unique else " | ".join(unique)
    return (
        f'"{text}"'
        if quoted and re.search(r"\b[A-Z]\w+", text.replace("Any", "").replace("None", ""))
        else text
    )


def _of_type(schema: Document, *, quoted: bool, within: str) -> str:
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return (
                f"list[{_union([_type(one, within=within) for one in schema['prefixItems']], quoted=quoted)}]"
            )
        return f"list[{_type(schema.get('items', {}), quoted=quoted, within=within)}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        inner = _type(more, quoted=quoted, within=within) if isinstance(more, Mapping) and more else "Any"
        return f"dict[str, {inner}]"
    return _PLAIN.get(str(kind), "Any")


def calls(document: Document) -> str:
    """The text of calls.py."""
    parts = [_HEAD, "from __future__ import annotations\n"]
    parts += ["from collections.abc import Iterator", "from datetime import date, datetime"]
    parts += ["from typing import Any, Literal, cast\n"]
    parts += ["from nowalls_client import models", "from nowalls_client.transport import Transport, each\n\n"]
    parts += ["class Calls(Transport):", '    """Every route of the API, a method each."""\n']
    for path, methods in sorted(document["paths"].items()):
        for method, operation in sorted(methods.items()):
            parts.append("\n".join(_method(method, path, operation, document)))
    return "\n".join(parts).rstrip() + "\n"


def method_name(method: str, path: str) -> str:
    """What a route is called: get_incidents_incident_evidence."""
    words = [re.sub(r"\W", "_", step.strip("{}")) for step in path.removeprefix("/api/v1").split("/") if step]
    return "_".join([method, *words])


def _method(method: str, path: str, operation: Document, document: Document) -> Iterator[str]:
    name = method_name(method, path)
    arguments, fixed, query = _arguments(operation)
    body, sends = _body(operation)
    answer, ways = _answer(operation)
    signature = ", ".join(["self", *fixed, *body, *(["*", *arguments] if arguments else [])])
    route = re.sub(r"\{(\w+)(:\w+)?\}", r"{self.step(\1)}", path)
    told = f'"{method.upper()}", f"{route}"' if "{" in route else f'"{method.upper()}", "{route}"'
    asked = f", query={{{', '.join(query)}}}" if query else ""
    call = f"self.call({told}{asked}{sends}{ways})"
    yield f"    def {name}({signature}) -> {answer}:"
    yield _doc(operation, 8).rstrip("\n") if operation.get("description") else f'        """{name}."""'
    yield f"        {call}" if answer == "None" else f"        return cast({answer!r}, {call})"
    yield ""
    item = _item(operation, document)
    if item:
        rest = [one for one in arguments if not one.startswith("cursor:")]
        passed = [one.partition(":")[0] for one in fixed + body]
        passed += [f"{one.partition(':')[0]}={one.partition(':')[0]}" for one in rest]
        signature = ", ".join(["self", *fixed, "*", *rest])
        yield f"    def each_{name.removeprefix('get_')}({signature}) -> Iterator[{item}]:"
        yield f'        """All of {name}, page after page."""'
        again = ", ".join([*passed, "cursor=cursor"])
        yield f"        return each(lambda cursor: self.{name}({again}))"
        yield ""


def _arguments(operation: Document) -> tuple[list[str], list[str], list[str]]:
    """Arguments by name, arguments by place (of the path), and the query."""
    named, fixed, query = [], [], []
    for one in operation.get("parameters", ()):
        own = _argument(one["name"])
        kind = _sent(one["schema"])
        if one["in"] == "path":
            fixed.append(f"{own}: {kind}")
        elif one["in"] == "query":
            query.append(f"{one['name']!r}: {own}")
            optional = (
                kind
                if one.get("required")
                else f"{kind} | None = None"
                if "None" not in kind
                else f"{kind} = None"
            )
            named.append(f"{own}: {optional}")
    return sorted(named, key=lambda text: " = " in text), fixed, query


def _argument(name: str) -> str:
    own = re.sub(r"\W", "_", name)
    return f"{own}_" if keyword.iskeyword(own) else own


def _sent(schema: Document) -> str:
    """What may be given for a parameter: instants and days as Python's own, too."""
    if "anyOf" in schema:
        return _union([_sent(one) for one in schema["anyOf"]], quoted=False)
    if schema.get("format") == "date-time":
        return _INSTANT
    if schema.get("format") == "date":
        return "date | str"
    return _type(schema, within="models.")


def _body(operation: Document) -> tuple[list[str], str]:
    request = operation.get("requestBody")
    if request is None:
        return [], ""
    content = request["content"]
    if "application/json" in content and content["application/json"].get("schema"):
        kind = _type(content["application/json"]["schema"], within="models.")
        optional = "" if request.get("required") else " | None = None"
        return [f"body: {kind}{optional}"], ", json=body"
    return ["body: bytes", "media: str"], ", content=body, media=media"


def _answer(operation: Document) -> tuple[str, str]:
    answers = operation["responses"].items()
    good: Document = next((one for status, one in answers if status.startswith("2")), {})
    content = good.get("content", {})
    if not content:
        return "None", ""
    if "application/json" in content and len(content) == 1:
        return _type(content["application/json"].get("schema", {}), within="models."), ""
    return "bytes", ", raw=True"


def _item(operation: Document, document: Document) -> str:
    """The type of what a list that has pages holds; "" for others."""
    answer, _ = _answer(operation)
    if not any(one["name"] == "cursor" for one in operation.get("parameters", ())):
        return ""
    model = document["components"]["schemas"].get(answer.removeprefix("models."), {})
    items = model.get("properties", {}).get("items", {}).get("items")
    return _type(items, within="models.") if items and "next" in model["properties"] else ""
