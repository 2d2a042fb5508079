"""Asked whether all is well, a wearer presses a button once, in time, or not at all."""

import asyncio
import json
from typing import Any

import pytest

from core.clock import ManualClock
from core.instant import SECOND
from simulators.answers import ALL_RIGHT, NEED_HELP, NOTHING, Wearer
from simulators.device import Device, Identity

NOW = 1_790_000_000 * SECOND


def question(key: str = "i1", cmd: str = "ask_ok", until_s: float = 30) -> bytes:
    until = NOW // 1000 + round(until_s * 1000)
    return json.dumps({"cmd": cmd, "id": key, "t": NOW // 1000, "until": until, "buzz": True}).encode()


def said(behaviour: str, *commands: bytes) -> list[dict[str, Any]]:
    """What a watch sends after these commands; its wearer takes no time."""
    device = Device(Identity("watch", "home", "s"), NOW)
    sent: list[dict[str, Any]] = []
    device.link.send = lambda topic, payload, retain=False, done=None: sent.append(  # type: ignore[method-assign]
        json.loads(payload) | {"topic": topic}
    )

    async def heard() -> None:
        wearer = Wearer(device, ManualClock(NOW), lambda: behaviour, after_s=0)
        for command in commands:
            wearer.hear("nw/v1/home/watch/cmd", command)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(heard())
    return sent


@pytest.mark.parametrize("behaviour", [ALL_RIGHT, NEED_HELP])
def test_a_question_is_answered_once_however_often_it_is_put(behaviour: str) -> None:
    (event,) = said(behaviour, question(), question(), question(cmd="ask_over"))
    assert event["topic"] == "nw/v1/home/watch/event"
    assert (event["kind"], event["state"], event["t"]) == (behaviour, 1, NOW // 1000)


def test_two_questions_have_two_answers() -> None:
    assert len(said(ALL_RIGHT, question("i1"), question("i2"))) == 2


@pytest.mark.parametrize(
    "command", [b"", b"{", b"[]", question(cmd="vibrate"), question(until_s=-1)], ids=repr
)
def test_what_is_no_question_or_too_late_is_not_answered(command: bytes) -> None:
    assert said(ALL_RIGHT, command) == []


def test_who_says_nothing_says_nothing() -> None:
    assert said(NOTHING, question()) == []
