"""What breaks programs written before, and what only adds: the differ says it of every kind of change."""

import copy
import json
from typing import Any

import pytest
from click.testing import CliRunner

from api.description import __main__ as command
from api.description import asyncapi, changes, client
from api.description.schemas import Change, Comparison


def described(**schemas: Any) -> dict[str, Any]:
    """A small API: a list of things with a filter, and one that is made."""
    thing = {
        "type": "object", "required": ["id", "state"],
        "properties": {
            "id": {"type": "integer"}, "state": {"enum": ["open", "closed"], "type": "string"},
            "note": {"type": "string"},
            "parent": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
        },
    }  # fmt: skip
    wish = {
        "type": "object", "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 80}, "kind": {"enum": ["a", "b"]},
                       "at": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    }  # fmt: skip
    page = {
        "type": "object", "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                       "next": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    }  # fmt: skip

    def answer(name: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}

    maybe = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    query = [{"in": "query", "name": "state", "schema": {"enum": ["open", "closed"]}},
             {"in": "query", "name": "cursor", "schema": maybe}]  # fmt: skip
    return {
        "paths": {
            "/api/v1/things": {
                "get": {"parameters": query, "responses": {"200": answer("Page")}},
                "post": {
                    "requestBody": {"required": True, **answer("Wish")},
                    "responses": {"201": answer("Thing")},
                },
            }
        },
        "components": {"schemas": {"Thing": thing, "Wish": wish, "Page": page} | schemas},
    }  # fmt: skip


def changed(path: str, value: Any) -> list[Change]:
    """What the differ says after `path` ("a/b/c") became `value`; None: it is gone."""
    old = described()
    new = copy.deepcopy(old)
    steps = path.split("/") if "~" not in path else [step.replace("~", "/") for step in path.split("/")]
    place: Any = new
    for step in steps[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    last: Any = int(steps[-1]) if isinstance(place, list) else steps[-1]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changes.openapi(old, new)


THING, WISH, THINGS = "components/schemas/Thing", "components/schemas/Wish", "paths/~api~v1~things"
BREAKS = [
    (f"{THINGS}/post", None),
    (THINGS, None),
    (f"{THINGS}/get/parameters/0", None),
    (f"{THINGS}/get/parameters/0/required", True),
    (f"{THINGS}/get/parameters/0/schema", {"enum": ["open"]}),
    (f"{THINGS}/post/requestBody/content/application~json", None),
    (f"{THINGS}/get/responses/200/content/application~json", None),
    (f"{THINGS}/get/responses/200", None),
    (f"{THING}/properties/note", None),
    (f"{THING}/properties/id/type", "string"),
    (f"{THING}/properties/note", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    (f"{THING}/required", ["id"]),
    (f"{WISH}/required", ["name", "kind"]),
    (f"{WISH}/properties/kind", None),
    (f"{WISH}/properties/kind/enum", ["a"]),
    (f"{WISH}/properties/name/maxLength", 40),
    (f"{WISH}/properties/at", {"type": "string"}),
    ("components/schemas/Page/properties/items/items", {"type": "string"}),
]
ADDS = [
    (f"{THINGS}/delete", {"responses": {"204": {}}}),
    (f"{THING}/properties/more", {"type": "integer"}),
    (f"{THING}/properties/state/enum", ["open", "closed", "held"]),
    (f"{THING}/properties/state/enum", ["open"]),
    (f"{WISH}/properties/more", {"type": "integer"}),
    (f"{WISH}/properties/kind/enum", ["a", "b", "c"]),
    (f"{WISH}/properties/name/maxLength", 200),
    (f"{WISH}/required", []),
    (f"{THINGS}/get/parameters/0/schema", {"enum": ["open", "closed", "all"]}),
    (f"{THINGS}/get/parameters/1", {"in": "query", "name": "cursor", "schema": {}}),
]


@pytest.mark.parametrize(("path", "value"), BREAKS, ids=str)
def test_what_breaks_is_called_so(path: str, value: Any) -> None:
    assert any(change.breaks for change in changed(path, value))


@pytest.mark.parametrize(("path", "value"), ADDS, ids=str)
def test_what_only_adds_is_no_break(path: str, value: Any) -> None:
    assert not any(change.breaks for change in changed(path, value)), changed(path, value)


def test_what_is_the_same_is_no_change_and_what_breaks_stands_first() -> None:
    assert changes.openapi(described(), described()) == []
    found = changed(f"{THING}/properties", {"id": {"type": "integer"}, "new": {"type": "string"}})
    assert [change.breaks for change in found] == sorted((change.breaks for change in found), reverse=True)
    assert "BREAKS  GET /api/v1/things 200.items[].note: is gone" in map(str, found)


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("^fall\\.", "^(fall|motion)\\.", False),
        ("^(a|b)x$", "^(b|a|c)x$", False),
        ("^(fall|motion)\\.", "^fall\\.", True),
        ("^fall\\.", "^(fall|motion)x", True),
        (None, "^fall\\.", True),
        ("^fall\\.", None, False),
    ],
)
def test_a_pattern_may_take_more_words_to_begin_with(old: str | None, new: str | None, breaks: bool) -> None:
    was, now = ({"type": "string"} | ({"pattern": one} if one else {}) for one in (old, new))
    found = Comparison({}, {}).schemas(was, now, "sent", "x")
    assert any(change.breaks for change in found) is breaks


def test_messages_are_compared_by_who_writes_them() -> None:
    old = asyncapi.document()
    assert changes.asyncapi(old, copy.deepcopy(old)) == []
    new = copy.deepcopy(old)
    del new["channels"]["family_state"]["messages"]["state"]["payload"]["properties"]["help"]
    new["components"]["schemas"]["vital"]["required"] = ["t", "heart_rate"]
    new["channels"]["console_siren"]["address"] = "nw/v2/{station}/siren"
    found = {change.where: change.what for change in changes.asyncapi(old, new) if change.breaks}
    assert found["family_state state.help"] == "is gone"
    assert "console_siren" in found
    assert any(where.startswith("device_vital") for where in found)


def test_every_channel_leads_to_its_operation_and_every_reference_somewhere() -> None:
    document = asyncapi.document()
    named = {one["channel"]["$ref"].rpartition("/")[2] for one in document["operations"].values()}
    assert named == set(document["channels"])

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                place: Any = document
                for step in value["$ref"].removeprefix("#/").split("/"):
                    place = place[step]
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(document)


def test_the_command_refuses_a_break_without_a_reason_and_keeps_one(tmp_path: Any, monkeypatch: Any) -> None:
    old, new = tmp_path / "openapi.json", tmp_path / "new.json"
    less = described()
    del less["components"]["schemas"]["Thing"]["properties"]["note"]
    old.write_text(json.dumps(described()))
    new.write_text(json.dumps(less))
    assert CliRunner().invoke(command.main, ["diff", str(old), str(new)]).exit_code == 1
    assert CliRunner().invoke(command.main, ["diff", str(new), str(old)]).exit_code == 0
    monkeypatch.setattr(command, "_COMPARED", ((old, changes.openapi),))
    monkeypatch.setattr(command, "LOG", tmp_path / "log.md")
    monkeypatch.setattr(command, "made", lambda: {old: json.dumps(less)})
    refused = CliRunner().invoke(command.main, [])
    assert refused.exit_code == 1
    assert json.loads(old.read_text()) == described()
    assert CliRunner().invoke(command.main, ["--breaking", "nobody used it"]).exit_code == 0
    assert json.loads(old.read_text()) == less
    assert "## nobody used it" in (tmp_path / "log.md").read_text()


def test_a_client_is_made_of_it() -> None:
    calls = client.calls(described())
    assert (
        "def get_things(self, *, state: Literal['open', 'closed'] | None = None, cursor: str | None = None)"
        in calls
    )
    assert (
        "def each_things(self, *, state: Literal['open', 'closed'] | None = None) -> Iterator[models.Thing]:"
        in calls
    )
    assert "def post_things(self, body: models.Wish) -> models.Thing:" in calls
    compile(calls, "calls.py", "exec")
    models = client.models(described())
    assert 'parent: NotRequired["Thing | None"]' in models
    compile(models, "models.py", "exec")
