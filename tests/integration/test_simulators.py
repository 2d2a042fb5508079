"""Simulated devices and a real broker: let in, sent away, cut off, and nothing acknowledged is lost."""

import asyncio
import time

import numpy as np
import pytest

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from simulators import load, swarm
from simulators.device import Device, Identity
from simulators.device import broker as address
from simulators.fleet import Link, Refused
from simulators.mqtt import Login as PahoLogin
from simulators.mqtt import Publisher
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration

NOW = 1_760_000_000_000_000


@pytest.fixture
def platform(broker: Nats):
    broker.apply([Login(f"d{n}", f"h{n}", hash_secret(f"s{n}")) for n in range(4)])
    with Client(broker.url, client_id="ingest", clean=False) as client:
        wait_for(lambda: client.connected, "the connection of the platform")
        assert client.subscribe("nw/v1/+/+/event")
        assert client.subscribe("nw/v1/+/+/status")
        yield client


def device(number: int = 1) -> Device:
    return Device(Identity(f"d{number}", f"h{number}", f"s{number}"), NOW)


async def eventually(what, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


def said(platform: Client, number: int = 1) -> list[bytes]:
    return platform.payloads(f"nw/v1/h{number}/d{number}/event")


def test_what_a_device_delivers_arrives_once_and_in_order(broker, platform):
    async def live() -> None:
        one = device()
        await eventually_in(one, broker)
        await asyncio.gather(*(one.link.publish(one.topic("event"), b"%d" % n) for n in range(300)))
        await one.link.leave()

    asyncio.run(live())
    wait_for(lambda: len(said(platform)) == 300, "delivery")
    assert said(platform) == [b"%d" % n for n in range(300)]


async def eventually_in(one: Device, broker: Nats) -> None:
    """The broker reads its users anew a moment after it was told."""
    for _ in range(100):
        try:
            await one.link.connect(address(broker.url))
            return
        except ConnectionError:
            await asyncio.sleep(0.05)
    raise AssertionError("the device was never let in")


def test_a_wrong_secret_is_refused(broker, platform):
    async def live() -> None:
        one = device()
        await eventually_in(one, broker)
        await one.link.leave()
        with pytest.raises(Refused):
            await Link("d1", "wrong").connect(address(broker.url))

    asyncio.run(live())


def test_a_device_that_vanishes_leaves_its_last_will(broker, platform):
    async def live() -> None:
        one = device()
        await eventually_in(one, broker)
        one.link.cut()
        await eventually(lambda: not one.link.open)

    asyncio.run(live())
    wait_for(lambda: platform.payloads("nw/v1/h1/d1/status") == [b'{"online":false}'], "the last will")


def test_what_was_not_acknowledged_is_sent_again_after_a_cut(broker, platform):
    async def live() -> None:
        one = device()
        await eventually_in(one, broker)
        one.link.cut()
        await eventually(lambda: not one.link.open)
        one.link.send(one.topic("event"), b"kept")
        staying = asyncio.create_task(one.link.keep(address(broker.url)))
        await eventually(lambda: one.link.unacknowledged == 0)
        staying.cancel()
        await one.link.leave()

    asyncio.run(live())
    wait_for(lambda: said(platform) == [b"kept"], "delivery after the cut")


def test_a_device_without_power_says_nothing_and_remembers_nothing(broker, platform):
    async def live() -> None:
        one = device()
        await eventually_in(one, broker)
        one.lose_power()
        await eventually(lambda: not one.link.open)
        one.say("event", {"t": 1, "kind": "button", "state": 1})
        one.powered = True
        await eventually_in(one, broker)
        await one.link.publish(one.topic("event"), b"charged again")
        await one.link.leave()

    asyncio.run(live())
    wait_for(lambda: said(platform)[-1:] == [b"charged again"], "delivery")
    assert said(platform) == [b"charged again"]


def test_the_paho_publisher_waits_for_every_acknowledgement(broker, platform):
    host = address(broker.url)
    done: list[int] = []
    login = PahoLogin(host.host, host.port, "d2", "s2")
    with Publisher(login, limit=20) as publisher:
        for n in range(200):
            publisher.publish("nw/v1/h2/d2/event", b"%d" % n, done=lambda n=n: done.append(n))
    assert sorted(done) == list(range(200))
    wait_for(lambda: len(said(platform, 2)) == 200, "delivery")


def test_load_keeps_its_rate_and_notes_every_acknowledgement(broker, platform):
    identities = [Identity(f"d{n}", f"h{n}", f"s{n}") for n in range(4)]
    mix = load.Mix(motion=0.0, vital=0.0)
    result = asyncio.run(load.run_load(identities, address(broker.url), rate=200, seconds=2, mix=mix))
    rows = result.rows
    assert len(rows) == 400
    assert not np.isnan(rows["acked"]).any()
    assert (rows["acked"] >= rows["sent"]).all()
    assert (rows["sent"] >= rows["due"] - 0.0005).all(), "half a millisecond early counts as in time"
    assert rows["due"][-1] - rows["due"][0] == pytest.approx(399 / 200, abs=1e-6)
    wait_for(lambda: sum(len(said(platform, n)) for n in range(4)) == 400, "delivery")
    assert (np.diff(rows["seq"][rows["device"] == 1]) == 1).all()


def test_a_swarm_counts_latency_from_the_instant_a_message_was_due(broker, platform):
    identities = [Identity(f"d{n}", f"h{n}", f"s{n}") for n in range(4)]
    measured = swarm.run(identities, address(broker.url), swarm.Pace(400, 2, "event"))
    assert measured.connections == 4
    assert measured.acknowledged == 800
    assert (measured.acked >= measured.sent).all()
    assert (measured.sent >= measured.due - 0.001).all(), "nothing goes before it is due"
    assert np.diff(measured.due) == pytest.approx(1 / 400, abs=1e-6)
    assert measured.figures()["lost"] == 0
    wait_for(lambda: sum(len(said(platform, n)) for n in range(4)) == 800, "delivery")


def test_more_connections_than_files_are_refused_with_the_number():
    with pytest.raises(swarm.TooFewFiles, match=r"10000000 connections need .* hard limit"):
        swarm.allow_files(10_000_000)
