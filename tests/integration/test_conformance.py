"""The kit listens on a real broker, and the simulators' own devices keep the protocol."""

import asyncio
import threading
import time

import click
import pytest

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from simulators import wire
from simulators.conformance import commands
from simulators.conformance.commands import listen
from simulators.conformance.requirements import Grade, grade
from simulators.conformance.walk import PHASES, Phase
from simulators.device import Device, Identity
from simulators.device import broker as address
from tests.support.bench import Bench

pytestmark = pytest.mark.integration


async def live(url: str) -> None:
    device = Device(Identity("d1", "h1", "s1"), time.time_ns() // 1000)
    staying = asyncio.create_task(device.link.keep(address(url), patience_s=1))
    for _ in range(8):
        now = time.time_ns() // 1000
        said = wire.status(now, device.sequence("status"), battery=0.7, rssi=-60, uptime_s=9)
        device.say("status", said, retain=True)
        device.say("vital", wire.vital(now, device.sequence("vital"), {"heart_rate": 70.0}))
        await asyncio.sleep(0.25)
    staying.cancel()
    await device.link.leave()


def test_a_simulated_device_is_heard_and_passes(broker: Nats) -> None:
    broker.apply([Login("d1", "h1", hash_secret("s1"))])
    other = threading.Thread(target=lambda: asyncio.run(live(broker.url)))
    other.start()
    heard = listen(broker.url, "nw/v1/+/d1/+", (Phase("use", "", 3), Phase("kept", "", 1)))
    other.join()
    grades = {one.requirement.id: one for one in grade(heard)}
    assert grades["kept"].grade is Grade.PASS
    assert grades["qos"].occasions > 8
    assert not [one for one in grades.values() if one.grade is Grade.FAIL]


def test_a_whole_guided_walk_shows_everything_a_wearable_can_show(
    broker: Nats, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The technician does what the kit asks for; only the kit is less patient than with a person."""
    broker.apply([Login("d2", "h2", hash_secret("s2"))])
    bench = Bench(Identity("d2", "h2", "s2"), address(broker.url), away_s=0.5)
    monkeypatch.setattr(click, "prompt", lambda text, **_: bench.do(text))
    monkeypatch.setattr(commands, "_REPEAT_S", 1.0)
    hasty = [one._replace(seconds=one.seconds if one.shown else one.seconds / 10) for one in PHASES]
    try:
        heard = listen(broker.url, "nw/v1/+/d2/+", hasty, ask=True)
    finally:
        bench.close()
    grades = {one.requirement.id: one for one in grade(heard)}
    shown = (
        "will",
        "returns",
        "stored",
        "kept",
        "nothing-kept",
        "one-g",
        "answers",
        "answers-once",
        "service",
    )
    assert {name: str(grades[name].grade) for name in shown} == dict.fromkeys(shown, "pass")
    assert not [one for one in grades.values() if one.grade is Grade.FAIL]
    said = capsys.readouterr().out
    for step in (
        "what it stored has come",
        "the broker says that it is gone",
        "it says that it is there again",
    ):
        assert f"seen: {step}" in said
    assert "not seen" not in said
