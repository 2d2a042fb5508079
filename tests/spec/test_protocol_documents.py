"""The published protocol is that of the code: JSON Schema and AsyncAPI are generated, never written."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from core.instant import SECOND
from core.quantity import STREAMS, of_stream
from ingest.message import Message
from ingest.protocol_document import asyncapi, documents
from tests.unit.ingest.edge.home import NOW, Home, fallen, said

FOLDER = Path(__file__).parents[2] / "docs" / "protocol"


@pytest.mark.parametrize("name", documents())
def test_what_is_published_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == documents()[name], (
        "run: nowalls protocol docs/protocol"
    )


def test_nothing_else_lies_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(documents())


def test_every_quantity_and_every_stream_is_in_it() -> None:
    document = asyncapi()
    for stream in STREAMS:
        schema = document["components"]["schemas"][stream]
        kinds = schema["properties"].get("kind", {}).get("enum", [])
        named = {*schema["properties"], *kinds, "test"}
        assert set(of_stream(stream)) <= named
        assert document["channels"][stream]["address"].endswith(f"/{stream}")


def test_what_a_gateway_really_hands_up_is_what_is_published(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for message in fallen(NOW):
        home.hear([message], message.received)
    at = NOW + 90 * SECOND
    events = [said("p1", "event", at, 1, kind="presence"), said("w1", "vital", at, 2, heart_rate=70, spo2=97)]
    status, unread = (
        said("w1", "status", at, 3, online=True, battery=0.8),
        Message("nw/v1/h1/w1/x", b"\xff", at),
    )
    place = said("w1", "position", at, 4, lat=34.79, lon=114.35, accuracy_m=12, datum="gcj02")
    home.hear([*events, status, unread, place], at)
    schema = jsonschema_rs.validator_for(json.loads(documents()["relay.schema.json"]))
    bodies = [json.loads(body) for _, body in home.store.next(1000)]
    assert {body.get("stream", "finding") for body in bodies} == {*STREAMS, "x", "finding"}
    for body in bodies:
        assert [error.message for error in schema.iter_errors(body)] == []
    assert list(schema.iter_errors({"device": "w1", "stream": "vital", "body": {"t": 1, "heart_rate": 4000}}))
    assert list(schema.iter_errors({"finding": {"kind": "sos"}}))


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi()

    def refs(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [ref for value in node.values() for ref in refs(value)]
        return [ref for value in node for ref in refs(value)] if isinstance(node, list) else []

    for ref in refs(json.loads(json.dumps(document))):
        place: object = document
        for part in ref.removeprefix("#/").split("/"):
            assert isinstance(place, dict)
            place = place[part]
