"""The embedded broker: what a device may do, what it may not, and what survives a kill."""

import os
import signal
import socket
import time

import pytest

from core.embedded.nats import Nats, hash_secret
from core.embedded.nats_config import Login
from core.embedded.ports import PortError
from tests.support.mqtt import Client, wait_for

pytestmark = pytest.mark.integration

WATCH = Login("watch1", "h1", hash_secret("s1"))
OTHER = Login("watch2", "h2", hash_secret("s2"))


@pytest.fixture
def platform(broker):
    broker.apply([WATCH, OTHER])
    with Client(broker.url, client_id="ingest", clean=False) as client:
        # Who logs in at the very moment the users are read anew is refused, and let in when it tries again.
        wait_for(lambda: client.connected, "the connection of the platform")
        assert client.subscribe("nw/v1/+/+/vital")
        assert client.subscribe("nw/v1/+/+/status")
        yield client


def device(broker, login=WATCH, secret="s1", **more):
    return Client(broker.url, login.code, secret, **more)


def let_in(broker, login=WATCH, secret="s1"):
    """The configuration is read anew a moment after the signal."""

    def tried() -> bool:
        with device(broker, login, secret, client_id=f"probe-{login.code}") as client:
            return client.let_in

    return tried


@pytest.fixture
def watch(broker, platform):
    wait_for(let_in(broker), "the device is let in")
    with device(broker) as client:
        yield client


def test_what_a_device_says_reaches_the_platform(platform, watch):
    watch.publish("nw/v1/h1/watch1/vital", b'{"heart_rate":72}')
    wait_for(lambda: platform.payloads("nw/v1/h1/watch1/vital") == [b'{"heart_rate":72}'], "delivery")


def test_a_command_reaches_the_device(platform, watch):
    assert watch.subscribe("nw/v1/h1/watch1/cmd")
    platform.publish("nw/v1/h1/watch1/cmd", b"ask_ok")
    wait_for(lambda: watch.payloads("nw/v1/h1/watch1/cmd") == [b"ask_ok"], "the command")


def test_a_command_waits_for_a_device_that_is_away(broker, platform, watch):
    with device(broker, client_id="watch1-session", clean=False) as before:
        assert before.subscribe("nw/v1/h1/watch1/cmd")
    platform.publish("nw/v1/h1/watch1/cmd", b"locate")
    with device(broker, client_id="watch1-session", clean=False) as after:
        wait_for(lambda: after.payloads("nw/v1/h1/watch1/cmd") == [b"locate"], "the command that waited")


def test_when_a_device_vanishes_its_last_will_is_said(broker, platform, watch):
    dying = device(broker, client_id="dying", will=("nw/v1/h1/watch1/status", b'{"online":false}'))
    dying.open()
    wait_for(lambda: dying.connected, "the connection")
    dying.vanish()
    wait_for(lambda: b'{"online":false}' in platform.payloads("nw/v1/h1/watch1/status"), "the last will")


def test_the_last_status_is_kept_for_who_comes_later(broker, watch):
    watch.publish("nw/v1/h1/watch1/status", b'{"battery":0.8}', retain=True)
    with Client(broker.url, client_id="later") as later:
        later.subscribe("nw/v1/+/+/status")
        wait_for(lambda: bool(later.heard), "the retained status")
        assert later.heard[0] == ("nw/v1/h1/watch1/status", b'{"battery":0.8}', True)


@pytest.mark.parametrize(
    "topic",
    [
        "nw/v1/h2/watch2/vital",  # another home
        "nw/v1/h1/watch2/vital",  # another device of its own home
        "nw/v1/h2/watch1/vital",  # itself in another home
        "$MQTT/msgs/nw/v1/h2/watch2/vital",  # round the back, through the broker's own store
    ],
)
def test_a_device_cannot_speak_for_another(platform, watch, topic):
    # MQTT 3.1.1 has no way to say no: the broker acknowledges and throws away.
    platform.subscribe("nw/#")
    watch.publish(topic, b"forged")
    watch.publish("nw/v1/h1/watch1/vital", b"own")
    wait_for(lambda: b"own" in platform.payloads("nw/v1/h1/watch1/vital"), "its own message")
    assert not any(heard.payload == b"forged" for heard in platform.heard)


@pytest.mark.parametrize(
    "topic",
    [
        "#",
        "nw/#",
        "nw/v1/+/+/cmd",
        "nw/v1/h2/watch2/cmd",
        "nw/v1/h1/watch1/+",
        "$MQTT/#",
        "$MQTT/msgs/#",
        "$SYS/#",
    ],
)
def test_a_device_cannot_listen_to_others(watch, topic):
    assert not watch.subscribe(topic)


def test_the_platform_cannot_pretend_to_be_a_device(broker, platform):
    with Client(broker.url, client_id="second") as second:
        second.publish("nw/v1/h1/watch1/vital", b"forged")
        second.publish("nw/v1/h1/watch1/cmd", b"own")
        assert second.subscribe("nw/v1/+/+/cmd")
    assert platform.payloads("nw/v1/h1/watch1/vital") == []


@pytest.mark.parametrize(
    ("code", "secret"), [("watch1", "wrong"), ("watch1", "s2"), ("nobody", "s1"), ("", "")]
)
def test_who_has_no_secret_is_not_let_in(broker, watch, code, secret):
    with Client(broker.url.replace("platform", "x"), code or "anonymous", secret or "x") as stranger:
        assert not stranger.let_in


def test_devices_come_and_go_without_disturbing_those_that_stay(broker, platform, watch):
    newcomer = Login("watch3", "h3", hash_secret("s3"))
    broker.apply([WATCH, newcomer])
    wait_for(let_in(broker, newcomer, "s3"), "the newcomer is let in")
    wait_for(lambda: not let_in(broker, OTHER, "s2")(), "the one taken away is refused")
    assert watch.losses == platform.losses == 0
    watch.publish("nw/v1/h1/watch1/vital", b"still here")
    wait_for(lambda: b"still here" in platform.payloads("nw/v1/h1/watch1/vital"), "delivery")


def test_a_new_secret_ends_the_connection_made_with_the_old_one(broker, platform, watch):
    broker.apply([WATCH._replace(bcrypt=hash_secret("new")), OTHER])
    wait_for(lambda: watch.losses > 0, "the end of the old connection")
    wait_for(let_in(broker, WATCH, "new"), "the new secret")


def test_a_code_that_would_open_other_topics_is_left_out(broker):
    hash_ = hash_secret("s")
    bad = [
        Login("a.>", "h1", hash_),
        Login(">", "h1", hash_),
        Login("w", "*", hash_),
        Login("w2", "station", hash_),
    ]
    assert broker.apply([WATCH, *bad]) == [">", "a.>", "w", "w2"]
    wait_for(let_in(broker), "the good one is let in")
    assert not let_in(broker, bad[2], "s")()


def test_nothing_acknowledged_is_lost_when_the_broker_is_killed(broker, platform, watch):
    platform.close()
    for number in range(200):
        watch.publish("nw/v1/h1/watch1/vital", b"%d" % number)
    broker._process.send_signal(signal.SIGKILL)
    broker._process.wait()
    broker.start()
    with Client(broker.url, client_id="ingest", clean=False) as again:
        wait_for(lambda: len(set(again.heard)) == 200, "all that was acknowledged")
        # Each at least once, and in order; on a slow machine some may come a second time.
        numbers = [int(payload) for payload in again.payloads("nw/v1/h1/watch1/vital")]
        assert list(dict.fromkeys(numbers)) == list(range(200))


def test_devices_are_let_in_at_once_after_the_broker_was_killed(broker, platform, watch):
    broker._process.send_signal(signal.SIGKILL)
    broker._process.wait()
    # Whoever answers for devices has seen it by now, and tries where the server is not any more.
    wait_for(lambda: not broker._callout.is_open, "its line has ended")
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 0.5, "it has tried")
    broker.start()
    wait_for(let_in(broker), "the device is let in again")
    assert time.monotonic() - began < 20


def test_a_busy_port_is_refused_by_name(shelf):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} .*--mqtt-port"):
            Nats(shelf, port=port).start()


def test_neither_secrets_nor_the_configuration_are_readable_by_others(broker, shelf):
    for path in (broker.folder / "nats.conf", shelf / "broker-data" / "secrets" / "broker-platform"):
        assert path.stat().st_mode & 0o077 == 0
    assert broker.url.split(":")[2].split("@")[0] not in (broker.folder / "nats.conf").read_text()
    assert os.path.samefile(broker.folder, shelf / "broker-data" / "broker")
