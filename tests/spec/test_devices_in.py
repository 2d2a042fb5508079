"""docs/devices-in.md: every command and configuration in it does what it says."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from core.directory import DeviceEntry, Directory
from ingest.foreign import scaip
from ingest.foreign.interpreter import Interpreter, Names
from ingest.foreign.said import ITSELF, Said
from ingest.foreign.tongues import TONGUES
from ingest.message import Message

PAGE = (Path(__file__).parents[2] / "docs" / "devices-in.md").read_text(encoding="utf-8")
NOW = 1_790_000_000_000_000
GATEWAY = Directory.of([DeviceEntry(1, "gw-1", 1, "h1", 7, kind="hub")], {})


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def published() -> list[tuple[str, str, str]]:
    """(topic, payload, what the comment below says it means) of each mosquitto_pub."""
    found = []
    for block in blocks("sh"):
        lines = block.splitlines()
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith("mosquitto_pub"):
                words = shlex.split(line)
                told = below.removeprefix("# ") if below.startswith("# ") else ""
                found.append((words[words.index("-t") + 1], words[words.index("-m") + 1], told))
    return found


def test_what_is_published_means_what_stands_below_it() -> None:
    heard: list[Said] = []
    interpreter = Interpreter(GATEWAY, Names(frozenset({1})))
    for topic, payload, told in published():
        _, known = interpreter._hear(
            GATEWAY.by_id[1], topic.removeprefix("nw/in/gw-1/"), payload.encode(), NOW
        )
        assert ", ".join(f"{one.quantity} {one.value:g}" for one in known.said) == told.rpartition(": ")[2]
        assert {one.thing or "itself" for one in known.said} == (
            {told.rpartition(": ")[0]} if told else set()
        )
        heard += known.said
        assert interpreter.interpret([Message(topic, payload.encode(), NOW)]).refused == [] or told
    assert len(heard) > 8
    assert ITSELF in {one.thing for one in heard}


@pytest.mark.parametrize("config", blocks("yaml"))
def test_a_configuration_publishes_below_the_source(config: str) -> None:
    known = yaml.safe_load(config)["mqtt"]
    topics = [value for key, value in known.items() if key.endswith(("topic", "prefix"))]
    assert topics
    own = f"nw/in/{known.get('user') or known['username']}/"
    assert all(topic.startswith(own) for topic in topics)
    tails = [topic.removeprefix(own) for topic in topics]
    assert set(tails) & {"zigbee2mqtt", "homeassistant"}


def test_the_bridge_puts_the_prefix_before_every_topic() -> None:
    [bridge] = blocks("conf")
    [words] = [shlex.split(line) for line in bridge.splitlines() if line.startswith("topic ")]
    assert words == ["topic", "#", "both", "1", "", "nw/in/gw-1/"]


def test_a_call_and_its_answer() -> None:
    call, answer = (block.strip().encode() for block in blocks("xml"))
    heard = scaip.decode(call)
    assert [one.quantity for one in scaip.said(heard, "x")] == ["need_help"]
    assert scaip.answer(heard.reference, scaip.Status.OK, "", heard.root) == answer


def test_every_command_line_of_http_names_a_way_in_and_sends_json() -> None:
    lines = [
        shlex.split(line) for block in blocks("sh") for line in block.splitlines() if line.startswith("curl")
    ]
    assert {words[-1].partition("/device-messages/")[2] for words in lines} == {"vital", "in/senml"}
    for words in lines:
        json.loads(words[words.index("--data") + 1])


def test_every_tongue_stands_on_the_page() -> None:
    named = {"senml": "SenML", "thingsboard": "ThingsBoard", "sparkplug": "Sparkplug B"}
    named |= {"zigbee2mqtt": "Zigbee2MQTT", "homeassistant": "Home Assistant discovery", "tasmota": "Tasmota"}
    named |= {"shelly": "Shelly"}
    assert set(named) == set(TONGUES)
    assert all(f"| {name}" in PAGE for name in named.values())
