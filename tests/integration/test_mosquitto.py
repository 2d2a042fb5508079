"""Somebody's own Mosquitto, with the files that `nowalls devices sync` writes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from api.doctor.knocking import knock
from care import secret
from care.store import keys, registry
from core.embedded.mosquitto import Mosquitto
from core.embedded.nats_config import Claimant, Console, FamilyHome, Guest, Login
from core.embedded.ports import any_free, is_free
from core.settings import Settings
from tests.support.mqtt import Client, wait_for
from tests.support.village import settle

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not shutil.which("mosquitto"), reason="no mosquitto on this machine: NOT TESTED WITH IT"
    ),
]
ROOT = Path(__file__).parents[2]
NOON = datetime.now(UTC) - timedelta(days=1)
INNER = (1883, 1884, 1885)  # of the platform, of devices, of those that speak for others


def configured(folder: Path, ports: tuple[int, ...]) -> str:
    """The configuration that deploy/compose gives Mosquitto, on free ports and in `folder`."""
    text = (ROOT / "deploy" / "compose" / "mosquitto.conf").read_text(encoding="utf-8")
    for inner, port in zip(INNER, ports, strict=True):
        text = text.replace(f"\nlistener {inner}\n", f"\nlistener {port} 127.0.0.1\n")
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    text = text.replace("/mosquitto/devices", str(folder)).replace("/mosquitto/data", str(folder))
    return text + f"user {user}\n"


def login(code: str, home: str, text: str, number: int = 1, speaks_for_others: bool = False) -> Login:
    kept = secret.hashes(text)
    return Login(code, home, kept.bcrypt, number, kept.pbkdf2, speaks_for_others)


class Town(NamedTuple):
    url: str
    devices: str  # on the listener for devices
    sources: str  # on that for those that speak for others
    files: Mosquitto
    guests: list[Guest]


@pytest.fixture(scope="module")
def town(open_folder: Path) -> Iterator[Town]:
    port, devices, sources = ports = any_free(), any_free(), any_free()
    url = f"mqtt://platform:secret-of-platform@127.0.0.1:{port}"
    files = Mosquitto(open_folder, url, open_folder / "pid")
    station, claim = secret.hashes("of-the-console"), secret.hashes("of-the-claim")
    guests: list[Guest] = [
        login("w1", "h1", "s1"),
        login("w1", "h1", "s1-next", 2),
        login("w2", "h2", "s2"),
        login("gw1", "h1", "of-the-gateway", speaks_for_others=True),
        Console("east", *station),
        Claimant("AAAAAAAA", *claim),
        FamilyHome("f1", *secret.hashes("of-the-family")),
    ]
    assert files.apply([*guests, Login("old", "h1", "$2a$only bcrypt"), login("a/#", "h1", "x")]) == [
        "a/#",
        "old",
    ]
    (open_folder / "conf").write_text(configured(open_folder, ports))
    process = subprocess.Popen(["mosquitto", "-c", str(open_folder / "conf")])
    wait_for(
        lambda: process.poll() is not None or not any(is_free("127.0.0.1", one) for one in ports),
        "mosquitto listens",
    )
    assert process.poll() is None, "mosquitto says above why it has ended"
    yield Town(url, f"mqtt://127.0.0.1:{devices}", f"mqtt://127.0.0.1:{sources}", files, guests)
    process.terminate()
    process.wait(60)


@pytest.mark.parametrize(
    ("user", "text"),
    [("station.east", "of-the-console"), ("claim.AAAAAAAA", "of-the-claim"), ("family.f1", "of-the-family")],
)
def test_consoles_claims_and_families_come_in(town: Town, user: str, text: str) -> None:
    """Mosquitto's password file ends a name at the first colon."""
    with Client(town.devices, user, text, client_id="a name of its own") as client:
        assert client.let_in
    with Client(town.devices, user, text + "x", client_id="a name of its own") as client:
        assert not client.let_in


def test_each_writes_under_its_own_topics_and_nowhere_else(town: Town) -> None:
    with Client(town.url, client_id="platform") as platform, Client(town.url, "w1", "s1") as watch:
        assert platform.subscribe("nw/#")
        for topic in (
            "nw/v1/h2/w2/vital", "nw/v1/h1/w2/vital", "nw/v1/h2/w1/vital", "nw/v1/h1/w1/cmd", "nw/v1/h1/w1",
            "nw/v1/station/east/act", "nw/claim/AAAAAAAA/ask", "nw/x", "$SYS/x", "$CONTROL/x",
        ):  # fmt: skip
            watch.publish(topic, b"forged")
        with Client(town.url, "w1@2", "s1-next") as renewed:
            renewed.publish("nw/v1/h1/w1/event", b"renewed")
        watch.publish("nw/v1/h1/w1/vital", b"own")
        wait_for(lambda: len(platform.heard) == 2, "its own messages")
        assert platform.payloads("nw/v1/h1/w1/event") == [b"renewed"]
        assert platform.payloads("nw/v1/h1/w1/vital") == [b"own"]


def test_nobody_hears_what_is_for_another(town: Town) -> None:
    with Client(town.url, "w1", "s1") as watch, Client(town.url, client_id="platform") as platform:
        # Mosquitto 2.0 grants any subscription and delivers nothing of it.
        for topic in ("#", "nw/#", "nw/v1/+/+/cmd", "nw/v1/h2/w2/+", "nw/claim/+/answer"):
            watch.subscribe(topic)
        platform.publish("nw/v1/h2/w2/cmd", b"for w2")
        platform.publish("nw/claim/AAAAAAAA/answer", b"a secret")
        platform.publish("nw/v1/h1/w1/cmd", b"for w1")
        wait_for(lambda: bool(watch.heard), "its own command")
        assert {heard.payload for heard in watch.heard} == {b"for w1"}


def test_nobody_ends_the_connection_of_another_by_its_client_id(town: Town) -> None:
    with Client(town.devices, "w1", "s1", client_id="w1") as watch:
        for name in ("w1", "w1-0123456789ab"):
            with Client(town.devices, "w2", "s2", client_id=name) as other:
                assert other.let_in, "it is w2 whatever it calls itself"
                other.publish("nw/v1/h2/w2/vital", b"x")
        watch.publish("nw/v1/h1/w1/vital", b"x")
        assert watch.losses == 0


def test_bridge_and_sensors_share_the_login_of_a_source_on_a_listener_of_their_own(town: Town) -> None:
    share = ("gw1", "of-the-gateway")
    with Client(town.url, client_id="platform") as platform:
        assert platform.subscribe("nw/in/#")
        with (
            Client(town.sources, *share, client_id="zigbee2mqtt") as bridge,
            Client(town.sources, *share, client_id="esp-12") as sensor,
        ):
            bridge.publish("nw/in/gw1/zigbee2mqtt/hall", b"{}")
            sensor.publish("nw/in/gw1/esp-12/state", b"ON")
            bridge.publish("nw/v1/h2/w2/vital", b"forged")
            wait_for(lambda: len(platform.heard) == 2, "both are heard")
            assert (bridge.losses, sensor.losses) == (0, 0)
        with (
            Client(town.devices, *share, client_id="zigbee2mqtt") as first,
            Client(town.devices, *share, client_id="esp-12"),
        ):
            wait_for(lambda: first.losses > 0, "elsewhere a login has one connection")
    for user, text in (("w1", "s1"), ("station.east", "of-the-console"), ("platform", "secret-of-platform")):
        with Client(town.sources, user, text) as stranger:
            assert not stranger.let_in, f"{user} speaks for nobody else"


def test_the_doctor_hears_what_the_broker_keeps_and_throws_away(town: Town, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, broker_url=town.url)  # type: ignore[arg-type]
    heard = []

    def said() -> bool:
        heard.append(knock(settings))
        return None not in heard[-1]

    wait_for(said, "it says so")
    refusal, stored, dropped = heard[-1]
    assert (refusal, dropped) == ("", 0)
    assert stored


def test_who_is_taken_off_the_list_is_thrown_out_at_once(town: Town) -> None:
    with Client(town.url, "w2", "s2") as watch, Client(town.url, "w1", "s1") as stays:
        began = time.monotonic()
        town.files.apply([one for one in town.guests if not (isinstance(one, Login) and one.code == "w2")])
        wait_for(lambda: watch.losses > 0, "the open connection ends")
        assert time.monotonic() - began < 2
        assert stays.losses == 0
    with Client(town.url, "w2", "s2") as again:
        assert not again.let_in
    town.files.apply(town.guests)


def test_files_hold_no_secret_and_are_for_nobody_else(town: Town, open_folder: Path) -> None:
    for name in ("passwords", "sources", "acl"):
        path = open_folder / name
        assert path.stat().st_mode & 0o077 == 0
        assert "secret-of-platform" not in path.read_text()


def test_the_command_writes_the_files_and_names_whom_it_leaves_out(dsn: str, tmp_path: Path) -> None:
    with psycopg.connect(dsn) as conn:
        settle(dsn, NOON, homes=1)
        keys.rotate(conn, 1, NOON)
        registry.set_console_secret(conn, "east", "of sixteen letters", NOON)
        keys.offer(conn, 2, NOON, 400)
        conn.execute(
            "INSERT INTO device_secret (device_id, bcrypt, created_at) VALUES (3, '$2a$x', '2026-01-01')"
        )
    environment = os.environ | {"NOWALLS_BROKER_URL": "mqtt://platform:of-the-platform@broker"}
    done = subprocess.run(
        [sys.executable, "-m", "core.command", "devices", "sync", str(tmp_path / "m"), "--database-url", dsn],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "left out, give it a new secret first: d1" in done.stderr
    users = [line.split(":$")[0] for line in (tmp_path / "m" / "passwords").read_text().splitlines()]
    assert [user.partition(".")[0] for user in users] == ["claim", "station", "w1", "platform"]
    access = (tmp_path / "m" / "acl").read_text()
    assert "user w1\ntopic read nw/v1/h1/w1/cmd\ntopic write nw/v1/h1/w1/motion\n" in access
