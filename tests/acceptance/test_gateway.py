"""A real gateway between a home and the platform: line cut, gateway killed, and nothing is missing."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Street
from tests.support.gateway import EdgeHome, gateway_in
from tests.support.house import wait_for
from tests.support.mqtt import Client

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not shutil.which("mosquitto"), reason="no mosquitto here: THE GATEWAY WAS NOT TESTED"),
]
DAY_MS = 86_400_000
PRESENCE = (
    "SELECT count(*) FROM reading r JOIN device d ON d.id = device_id WHERE d.code = 'p1' AND metric = 32"
)


@pytest.fixture(scope="module")
def home(street: Street, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeHome]:
    folder = tmp_path_factory.mktemp("home")
    alarm = {"command": ["/bin/sh", "-c", f'echo "$NOWALLS_SOUND $NOWALLS_KIND" >> {folder}/siren']}
    street.house.sql("UPDATE installation SET during = tstzrange(lower(during) - interval '9 days', NULL)")
    with gateway_in(street.house, folder, alarm=alarm, heartbeat_s=2) as home:
        yield home


def test_without_a_line_the_siren_sounds_and_days_are_kept_and_handed_up_once(
    street: Street, home: EdgeHome
) -> None:
    house, now = street.house, int(time.time() * 1000)
    state = "SELECT online FROM device_state JOIN device d ON d.id = device_id WHERE d.code = 'g1'"
    wait_for(lambda: house.sql(state) == [(True,)], "the platform hears the gateway")
    home.line.cut()
    wait_for(lambda: house.sql(state) == [(False,)], "its last will")
    with (
        Client(home.local, "p1", street.secrets["p1"]) as sensor,
        Client(home.local, "b1", street.secrets["b1"]) as button,
    ):
        assert button.subscribe("nw/v1/h1/siren")
        # The sensor remembers two days, too: its own line was down.
        for part in range(4):
            events = [
                {"t": now - 2 * DAY_MS + n * 43_200, "seq": n, "kind": "presence", "state": n % 2}
                for n in range(1000 * part, 1000 * part + 1000)
            ]
            for first in range(0, 1000, 10):
                sensor.offer("nw/v1/h1/p1/event", json.dumps(events[first : first + 10]).encode())
            home.kill()
        press = {"t": int(time.time() * 1000), "seq": 1, "kind": "button", "state": 1}
        button.publish("nw/v1/h1/b1/event", json.dumps(press).encode())
        wait_for(lambda: button.payloads("nw/v1/h1/siren"), "the siren, without any network")
        assert json.loads(button.payloads("nw/v1/h1/siren")[-1])["sound"] == "high"
        wait_for(lambda: "high sos" in Path(home.folder / "siren").read_text(), "and the command")
        assert house.sql("SELECT 1 FROM finding WHERE kind = 'sos'") == []
        home.line.mend()
        wait_for(lambda: house.sql("SELECT 1 FROM incident WHERE kind = 'sos'"), "the incident", 60)
        wait_for(lambda: house.sql(PRESENCE)[0][0] >= 4000, "all rows", 60)
    assert house.sql(PRESENCE) == [(4000,)]
    assert house.sql("SELECT count(*) FROM finding WHERE kind = 'sos'") == [(1,)]
    assert house.sql("SELECT reason, detail FROM quarantine WHERE home_code = 'h1'") == []
    wait_for(lambda: house.sql(state) == [(True,)], "the platform hears the gateway again")


def test_what_the_platform_asks_a_wearer_reaches_the_wearer(street: Street, home: EdgeHome) -> None:
    with (
        Client(home.local, "w1", street.secrets["w1"]) as watch,
        Client(street.house.broker, client_id="asker") as platform,
    ):
        assert watch.subscribe("nw/v1/h1/w1/cmd")

        def asked() -> bool:
            platform.publish("nw/v1/h1/w1/cmd", b'{"cmd":"ask_ok","id":"17"}')
            return bool(watch.payloads("nw/v1/h1/w1/cmd"))

        wait_for(asked, "the question in the home")
    assert json.loads(watch.payloads("nw/v1/h1/w1/cmd")[0])["cmd"] == "ask_ok"


def test_the_gateway_is_small_and_knows_no_database(home: EdgeHome) -> None:
    """The figure stands in docs/gateway.md; this is a bound on it."""
    status = Path(f"/proc/{home.process.pid}/status").read_text()
    resident_mb = int(status.split("VmRSS:")[1].split()[0]) / 1024
    print(f"the gateway holds {resident_mb:.1f} MB")
    assert resident_mb < 80
    maps = Path(f"/proc/{home.process.pid}/maps").read_text()
    assert "psycopg" not in maps
    assert "pydantic" not in maps
    assert "cryptography" not in maps
