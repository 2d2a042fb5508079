"""What changed between two descriptions of the API, and what of it breaks programs written before. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.description.schemas import Change, Comparison, Way, found

Document = Mapping[str, Any]


def openapi(old: Document, new: Document) -> list[Change]:
    """Changes between two OpenAPI documents, those that break first."""
    return _sorted(_paths(old, new))


def asyncapi(old: Document, new: Document) -> list[Change]:
    """Changes between two AsyncAPI documents, those that break first."""
    return _sorted(_channels(old, new))


def _sorted(changes: Iterator[Change]) -> list[Change]:
    return sorted(set(changes), key=lambda one: (not one.breaks, one.where, one.what))


def _paths(old: Document, new: Document) -> Iterator[Change]:
    compared = Comparison(old, new)
    before, after = _operations(old), _operations(new)
    for name in before:
        if name not in after:
            yield Change(True, name, "is gone")
            continue
        yield from _parameters(before[name], after[name], compared, name)
        yield from _body(before[name], after[name], compared, name)
        yield from _answers(before[name], after[name], compared, name)
    for name in set(after) - set(before):
        yield Change(False, name, "is new")


def _operations(document: Document) -> dict[str, Document]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _parameters(old: Document, new: Document, compared: Comparison, name: str) -> Iterator[Change]:
    before = {(one["in"], one["name"]): one for one in old.get("parameters", ())}
    after = {(one["in"], one["name"]): one for one in new.get("parameters", ())}
    for key, one in before.items():
        where = f"{name} ?{key[1]}"
        if key not in after:
            yield Change(True, where, "is gone")
            continue
        if after[key].get("required") and not one.get("required"):
            yield Change(True, where, "must be sent now")
        yield from compared.schemas(one["schema"], after[key]["schema"], "sent", where)
    for key in set(after) - set(before):
        must = bool(after[key].get("required"))
        yield Change(must, f"{name} ?{key[1]}", "is new" + (" and must be sent" if must else ""))


def _body(old: Document, new: Document, compared: Comparison, name: str) -> Iterator[Change]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if after is None:
        if before is not None:
            yield Change(True, f"{name} body", "is gone")
        return
    if before is None:
        yield Change(bool(after.get("required")), f"{name} body", "is new")
        return
    if after.get("required") and not before.get("required"):
        yield Change(True, f"{name} body", "must be sent now")
    for media, one in before["content"].items():
        other = after["content"].get(media)
        if other is None:
            yield Change(True, f"{name} body", f"{media} is no longer taken")
        else:
            yield from compared.schemas(
                one.get("schema", {}), other.get("schema", {}), "sent", f"{name} body"
            )


def _answers(old: Document, new: Document, compared: Comparison, name: str) -> Iterator[Change]:
    for status, one in old["responses"].items():
        other = new["responses"].get(status)
        where = f"{name} {status}"
        if other is None:
            yield Change(status.startswith("2"), where, "is no longer answered")
            continue
        for media, content in one.get("content", {}).items():
            if media not in other.get("content", {}):
                yield Change(True, where, f"{media} is no longer given")
                continue
            schema = other["content"][media].get("schema", {})
            yield from compared.schemas(content.get("schema", {}), schema, "given", where)
    for status in set(new["responses"]) - set(old["responses"]):
        yield Change(status.startswith("2"), f"{name} {status}", "is a new answer")


def _channels(old: Document, new: Document) -> Iterator[Change]:
    compared = Comparison(old, new)
    for key, one in old["operations"].items():
        if key not in new["operations"]:
            yield Change(True, key, "is gone")
            continue
        other = new["operations"][key]
        if one["action"] != other["action"]:
            yield Change(True, key, f"was {one['action']}, is {other['action']}")
            continue
        before, after = _channel(one, old), _channel(other, new)
        if before["address"] != after["address"]:
            yield Change(True, key, f"was at {before['address']}, is at {after['address']}")
        way: Way = "given" if one["action"] == "send" else "sent"
        for name, message in before["messages"].items():
            if name not in after["messages"]:
                yield Change(True, f"{key} {name}", "is gone")
                continue
            was = found(message, old)["payload"]
            payload = found(after["messages"][name], new)["payload"]
            yield from compared.schemas(was, payload, way, f"{key} {name}")
        for name in set(after["messages"]) - set(before["messages"]):
            yield Change(False, f"{key} {name}", "is new")
    for key in set(new["operations"]) - set(old["operations"]):
        yield Change(False, key, "is new")


def _channel(operation: Document, document: Document) -> Document:
    channel: Document = document["channels"][operation["channel"]["$ref"].rpartition("/")[2]]
    return channel
