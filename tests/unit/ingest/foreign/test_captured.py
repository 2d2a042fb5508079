"""Every captured message comes to the values that its fixture states, and every tongue has fixtures."""

from typing import Any

import pytest

from core.quantity import BY_NAME
from ingest.foreign.said import Heard
from ingest.foreign.tongues import TONGUES
from ingest.foreign.words import WORDS
from ingest.message import BadPayload
from tests.support import foreign

ASKED = {"presence", "door", "smoke", "gas", "co", "water", "vibration", "button", "battery", "link_quality"}
ASKED |= {"tamper", "need_help", "online", "room_temperature", "room_humidity"}


@pytest.mark.parametrize("name", foreign.fixtures())
def test_a_captured_message_says_what_is_stated(name: str) -> None:
    known = foreign.ears()
    for number, message in enumerate(foreign.captured(name)):
        _same(foreign.heard(known, message), message.expected, f"{name}, message {number}: {message.topic}")


def _same(found: Heard | BadPayload | None, expected: dict[str, Any], what: str) -> None:
    if expected.get("unclaimed"):
        assert found is None, what
    elif "refused" in expected:
        assert isinstance(found, BadPayload), what
        assert str(found.fault) == expected["refused"], what
    else:
        assert isinstance(found, Heard), f"{what}: {found}"
        stated = [
            (one[0], one[1], pytest.approx(one[2]), one[3] if len(one) > 3 else None)
            for one in expected["said"]
        ]
        said: list[tuple[object, ...]] = [tuple(one[:4]) for one in found.said]
        assert said == stated, what
        assert (str(found.wrong.fault) if found.wrong else None) == expected.get("wrong"), what
        if "about" in expected:
            assert {thing: list(about) for thing, about in found.about.items()} == expected["about"], what
        if "replies" in expected:
            assert [reply.tail for reply in found.replies] == expected["replies"], what


def test_every_tongue_has_a_fixture_and_every_fixture_a_tongue() -> None:
    spoken = set()
    for name in foreign.fixtures():
        known = foreign.ears()
        for message in foreign.captured(name):
            tongue = foreign.listener(known, message.topic)
            spoken |= {tongue} if tongue else set()
            foreign.heard(known, message)
    assert spoken == set(TONGUES)


def test_every_word_is_ours_and_each_sensor_of_the_list_is_shown_by_a_fixture() -> None:
    assert all(word.quantity in BY_NAME for word in WORDS)
    assert len({word.foreign for word in WORDS}) == len(WORDS)
    known, shown = foreign.ears(), set()
    for message in foreign.everything():
        found = foreign.heard(known, message)
        shown |= {said.quantity for said in found.said} if isinstance(found, Heard) else set()
    assert shown >= ASKED
