"""Whether values that one JSON Schema described are still described by another. Pure.

As much of JSON Schema as our descriptions use: types, enums, constants, alternatives, objects, arrays,
bounds. What cannot be compared (a pattern, a format) counts as broken when it differs where we are sent it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Schema = Mapping[str, Any]
# Who writes the values: "sent" are those of programs to us, "given" are ours to them.
Way = Literal["sent", "given"]

_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_OTHER = ("pattern", "format")
_NULL = {"type": "null"}
_SEVERAL = re.compile(r"\^\(([\w-]+(?:\|[\w-]+)*)\)([^()|]*)")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is different: `breaks` programs written against what was, `where` in the description."""

    breaks: bool
    where: str
    what: str

    def __str__(self) -> str:
        return f"{'BREAKS  ' if self.breaks else 'adds    '}{self.where}: {self.what}"


class Comparison:
    """Two descriptions, whose references are looked up in each."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._under_way: set[tuple[str, str, str]] = set()

    def schemas(self, old: Schema, new: Schema, way: Way, where: str) -> list[Change]:
        """What changed between two schemas of the same place."""
        mark = (str(old.get("$ref")), str(new.get("$ref")), way)
        if "$ref" in old and "$ref" in new:
            if mark in self._under_way:
                return []  # it holds itself, and is being compared
            self._under_way.add(mark)
        try:
            return list(self._alternatives(old, new, way, where))
        finally:
            if "$ref" in old and "$ref" in new:
                self._under_way.discard(mark)

    def _alternatives(self, old: Schema, new: Schema, way: Way, where: str) -> Iterator[Change]:
        before, after = _alternatives(found(old, self._old)), _alternatives(found(new, self._new))
        if len(before) == len(after) == 1:
            yield from self._one(found(before[0], self._old), found(after[0], self._new), way, where)
            return
        # Every value that may come must fit one that was, or is, understood.
        come, understood = (before, after) if way == "sent" else (after, before)
        for one in come:
            tries = [self._pair(one, other, way, where) for other in understood]
            best = min(tries, key=lambda one: sum(change.breaks for change in one))
            if any(change.breaks for change in best):
                yield Change(
                    True, where, f"{_named(one)} is {'no longer taken' if way == 'sent' else 'new here'}"
                )
            else:
                yield from best

    def _pair(self, come: Schema, understood: Schema, way: Way, where: str) -> list[Change]:
        old, new = (come, understood) if way == "sent" else (understood, come)
        if "$ref" in old or "$ref" in new:
            return self.schemas(old, new, way, where)
        return list(self._one(old, new, way, where))

    def _one(self, old: Schema, new: Schema, way: Way, where: str) -> Iterator[Change]:
        if not old or not new:  # anything at all
            if bool(old) != bool(new) and (way == "sent") == bool(new):
                yield Change(True, where, "was anything, is not")
            return
        if {"anyOf", "oneOf"} & {*old, *new}:
            yield from self._alternatives(old, new, way, where)
            return
        if _type(old) != _type(new) and not _widened(_type(old), _type(new), way):
            yield Change(True, where, f"was {_type(old)}, is {_type(new)}")
            return
        yield from _words(old, new, way, where)
        if way == "sent":
            yield from _bounds(old, new, where)
        yield from self._object(old, new, way, where)
        yield from self._array(old, new, way, where)

    def _object(self, old: Schema, new: Schema, way: Way, where: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            place = f"{where}.{name}"
            if name not in after:
                yield Change(True, place, "is gone")
                continue
            if way == "given" and name in needed - needs:
                yield Change(True, place, "may be missing now")
            if way == "sent" and name in needs - needed:
                yield Change(True, place, "must be sent now")
            yield from self.schemas(before[name], after[name], way, place)
        for name in set(after) - set(before):
            must = way == "sent" and name in needs
            yield Change(must, f"{where}.{name}", "is new" + (" and must be sent" if must else ""))
        more = "additionalProperties"
        if isinstance(old.get(more), Mapping) and isinstance(new.get(more), Mapping):
            yield from self.schemas(old[more], new[more], way, f"{where}.*")

    def _array(self, old: Schema, new: Schema, way: Way, where: str) -> Iterator[Change]:
        if isinstance(old.get("items"), Mapping) and isinstance(new.get("items"), Mapping):
            yield from self.schemas(old["items"], new["items"], way, f"{where}[]")
        before, after = old.get("prefixItems", ()), new.get("prefixItems", ())
        if len(before) != len(after):
            yield Change(True, where, f"had {len(before)} places, has {len(after)}")
            return
        for n, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from self.schemas(one, other, way, f"{where}[{n}]")


def found(schema: Schema, document: Mapping[str, Any]) -> Schema:
    """`schema`, or what it refers to in `document`."""
    while "$ref" in schema:
        value: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            value = value[step.replace("~1", "/").replace("~0", "~")]
        schema = value
    return schema


def _alternatives(schema: Schema) -> Sequence[Schema]:
    """What a value may be one of; alternatives that only add to an object are each that object, with more."""
    found = schema.get("anyOf") or schema.get("oneOf")
    if not found:
        return [schema]
    base = {name: value for name, value in schema.items() if name not in ("anyOf", "oneOf")}
    if "properties" not in base:
        return found  # type: ignore[no-any-return]
    needed = base.get("required", [])
    return [{**base, **one, "required": [*needed, *one.get("required", ())]} for one in found]


def _type(schema: Schema) -> str:
    if "type" in schema:
        return str(schema["type"])
    words = [schema["const"]] if "const" in schema else schema.get("enum", ())
    return "string" if words and all(isinstance(one, str) for one in words) else "any"


def _widened(old: str, new: str, way: Way) -> bool:
    narrow, wide = (old, new) if way == "sent" else (new, old)
    return wide == "any" or (narrow, wide) == ("integer", "number")


def _named(schema: Schema) -> str:
    return (
        str(schema["$ref"]).rpartition("/")[2]
        if "$ref" in schema
        else str(schema.get("enum") or _type(schema))
    )


def _enum(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(one) for one in schema["enum"]} if "enum" in schema else None


def _words(old: Schema, new: Schema, way: Way, where: str) -> Iterator[Change]:
    """Words that we give may become more: whoever reads passes over those they do not know."""
    before, after = _enum(old), _enum(new)
    if before is None and after is None:
        return
    if before is None or after is None:
        narrowed = (after is not None) == (way == "sent")
        yield Change(
            narrowed, where, "is one of some words now" if after else "is no longer one of some words"
        )
        return
    for word in sorted(before - after):
        yield Change(
            way == "sent", where, f"{word!r} is {'no longer taken' if way == 'sent' else 'no longer said'}"
        )
    for word in sorted(after - before):
        yield Change(False, where, f"{word!r} is new")


def _bounds(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for name in _LEAST:
        if new.get(name, float("-inf")) > old.get(name, float("-inf")):
            yield Change(True, where, f"{name} is {new[name]}")
    for name in _MOST:
        if new.get(name, float("inf")) < old.get(name, float("inf")):
            yield Change(True, where, f"{name} is {new[name]}")
    for name in _OTHER:
        if name in new and not (name in old and _choices(old[name]) <= _choices(new[name])):
            yield Change(True, where, f"{name} is another")


def _choices(pattern: str) -> frozenset[str]:
    """What a text may begin with: `^(fall|motion)x` is `^fallx` or `^motionx`, and any other is itself."""
    several = _SEVERAL.fullmatch(pattern)
    return (
        frozenset(f"^{one}{several[2]}" for one in several[1].split("|")) if several else frozenset({pattern})
    )
