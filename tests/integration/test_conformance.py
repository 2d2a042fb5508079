"""The kit listens on a real broker, and the simulators' own devices keep the protocol."""

import asyncio
import threading
import time

import pytest

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from simulators import wire
from simulators.conformance.commands import listen
from simulators.conformance.requirements import Grade, grade
from simulators.conformance.walk import Phase
from simulators.device import Device, Identity
from simulators.device import broker as address

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
