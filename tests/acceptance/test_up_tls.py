"""`nowalls up --tls`: pages over HTTPS, devices over MQTTS, and nothing without."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from alerts.delivery.watch import pages_answer
from core import tls
from tests.acceptance.conftest import document
from tests.conftest import _open_folder
from tests.support.house import PATIENCE_S, ROOT, House, living_in, wait_for
from tests.support.mqtt import Client

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with living_in(_open_folder() / "data", "--tls") as house:
        yield house


def test_a_house_over_tls(house: House) -> None:
    secure = house.url.replace("http://", "https://")
    trusting = tls.client_context(tls.folder(house.data) / "ca.crt")
    assert "/ca.crt" in house.said
    assert house.first_link.startswith(secure)
    answer = httpx.get(f"{secure}/login", verify=trusting, timeout=PATIENCE_S)
    assert answer.status_code == 200
    assert "max-age" in answer.headers["strict-transport-security"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{secure}/login", verify=ssl.create_default_context())
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{house.url}/login", timeout=PATIENCE_S)
    secrets = json.loads(house.run("community", "load", "-", given=document()))
    assert house.broker.startswith("mqtts://")

    def arrived() -> bool:
        with Client(house.broker, "w1", secrets["w1"], context=trusting) as watch:
            if watch.let_in:
                vital = {"t": int(time.time() * 1000), "seq": 1, "heart_rate": 70}
                watch.publish("nw/v1/h1/w1/vital", json.dumps(vital).encode())
            return watch.let_in

    wait_for(arrived, "the watch is let in")
    wait_for(lambda: house.sql("SELECT 1 FROM reading"), "the reading")
    # The watch over all parts finds the pages by their own authority, and by no other.
    assert pages_answer("127.0.0.1", house.http_port, tls.folder(house.data) / "ca.crt")()
    assert not pages_answer("127.0.0.1", house.http_port)()
    house.run("tls", "status")


def shown(house: House, port: int) -> int:
    """The serial number of the certificate at `port`."""
    trusting = ssl.create_default_context(cafile=str(tls.folder(house.data) / "ca.crt"))
    trusting.check_hostname = False
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    with plain, trusting.wrap_socket(plain) as over:
        told = over.getpeercert()
    assert told
    return int(str(told["serialNumber"]), 16)


def test_a_renewed_certificate_is_shown_by_pages_and_broker_and_a_device_goes_on(house: House) -> None:
    """The broker makes each connection anew (docs/adr/0022); what is said meanwhile waits at the device."""
    ports = (house.http_port, urlsplit(house.broker).port or 0)
    before = [shown(house, port) for port in ports]
    secret = house.run("devices", "add", "steady", "--kind", "cuff", "--home", "h1").strip()
    trusting = tls.client_context(tls.folder(house.data) / "ca.crt")
    with Client(house.broker, "steady", secret, context=trusting) as steady:
        assert steady.let_in
        house.run("tls", "renew")
        wait_for(
            lambda: all(shown(house, port) != old for port, old in zip(ports, before, strict=True)),
            "both show the new one",
        )
        body = {"t": int(time.time() * 1000), "seq": 1, "systolic": 121, "diastolic": 80}
        steady.offer("nw/v1/h1/steady/vital", json.dumps(body).encode())
        wait_for(lambda: house.sql("SELECT 1 FROM reading WHERE value = 121"), "it went on talking")


def nowalls(*words: str) -> subprocess.CompletedProcess[str]:
    """As somebody at a bench types it: nothing of the house in the environment but its folder."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("NOWALLS_")}
    command = [sys.executable, "-m", "core.command", *words]
    return subprocess.run(
        command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_conformance_kit_hears_a_device_over_tls(house: House, tmp_path: Path) -> None:
    trusting = tls.client_context(tls.folder(house.data) / "ca.crt")
    secret = house.run("devices", "add", "bench1", "--kind", "cuff", "--home", "h1").strip()
    speaks, done = threading.Event(), threading.Event()

    def measure() -> None:
        with Client(house.broker, "bench1", secret, context=trusting) as cuff:
            seq = 0
            while not done.wait(0.3):
                seq += 1
                said = {"t": int(time.time() * 1000), "seq": seq, "systolic": 128, "diastolic": 76}
                cuff.publish("nw/v1/h1/bench1/vital", json.dumps(said).encode())
                speaks.set()

    bench = threading.Thread(target=measure)
    bench.start()
    try:
        assert speaks.wait(PATIENCE_S), "the broker hears of a new device a moment later"
        found = tmp_path / "grades.json"
        words = ("conformance", "--device", "bench1", "--data-dir", str(house.data), "--only-listen", "4")
        told = nowalls(*words, "--json", str(found))
    finally:
        done.set()
        bench.join()
    assert told.returncode == 0, told.stdout + told.stderr
    grades = {row["id"]: row["grade"] for row in json.loads(found.read_text())}
    assert grades["vital"] == grades["qos"] == grades["clock"] == "pass"


SCENARIO = """
name: pressed-over-tls
title: A button is pressed and answered, over TLS
lasts: 8 s
homes:
  - code: home
    people: [{name: Ann}]
    devices: [{code: button, kind: button, wearer: Ann, reports: 10 s}]
staff:
  - {name: Wang, role: operator}
rosters:
  - {role: operator, who: [Wang]}
timeline:
  - {at: 2 s, does: presses, device: button, called: the press}
  - {at: 5 s, does: acts, action: acknowledge, kind: sos, by: Wang}
expect:
  incidents:
    - {kind: sos, after: the press, within: 3 s, finally: acknowledged}
  told:
    - {who: Wang, as: alarm, after: the press, within: 5 s}
    - {who: console community, as: alarm, after: the press, within: 5 s}
"""


def test_a_scenario_is_played_over_tls(house: House, tmp_path: Path) -> None:
    """Devices, the station's console and the people on duty: MQTTS and HTTPS, by the house's authority."""
    file = tmp_path / "pressed.yaml"
    file.write_text(SCENARIO)
    told = nowalls("hil", "run", str(file), "--data-dir", str(house.data))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 passed" in told.stdout
