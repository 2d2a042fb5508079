"""The published protocol is that of the code: JSON Schema and AsyncAPI are generated, never written."""

import json
from pathlib import Path

import pytest

from core.quantity import STREAMS, of_stream
from ingest.protocol_document import asyncapi, documents

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
