"""kill -9 of any part at any instant, again and again: what a device was told is safe is a row, once, and
every cry for help an incident, once.

NOWALLS_KILLS=1000 makes the long run of it; its result is printed (-s), and kept where NOWALLS_KILLS_TO says.
"""

import json
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Event

import pytest

from tests.durability.conftest import HOMES, Street
from tests.support.house import House, wait_for
from tests.support.mqtt import Client

KILLS = int(os.environ.get("NOWALLS_KILLS", "10"))
SEED = int(os.environ.get("NOWALLS_SEED", "9"))
EACH_S = 1.6  # between two kills, on the average
PARTS = ("ingest", "postgres", "broker", "alerts", "deliver", "api")

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240 + 5 * KILLS + HOMES // 8)]


def kill_at_random(house: House, kills: int, seed: int) -> Counter[str]:
    """Kill whichever part the dice name, if it lives, at whatever instant; nobody waits for it to come back.

    Each part once before any of them twice.
    """
    draw, pause, killed = Random(seed), Event(), Counter[str]()
    while killed.total() < kills:
        pause.wait(draw.uniform(0, 2 * EACH_S))
        part = draw.choice([part for part in PARTS if not killed[part]] or PARTS)
        if (pid := house.pid(part)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed[part] += 1
    return killed


def test_nothing_is_lost_and_nothing_doubled_whatever_dies(street: Street) -> None:
    began = time.monotonic()
    with street.crowd(rate=100, press_every_s=2.0) as crowd:
        wait_for(lambda: crowd.acknowledged > 100, "devices are heard")
        killed = kill_at_random(street.house, KILLS, SEED)
        crowd.settled()
        count = crowd.count(street.house)
    result = {"kills": killed.total(), **killed, **count._asdict(), "seconds": time.monotonic() - began}
    print(json.dumps(result, indent=1))
    if keep := os.environ.get("NOWALLS_KILLS_TO"):
        Path(keep).write_text(json.dumps(result, indent=1) + "\n")
    assert count.cries > 0
    assert count.wrong == {}
    assert all(street.house.pid(part) for part in PARTS), "every part is back"


def test_all_devices_come_back_at_once_and_lose_nothing(street: Street) -> None:
    with street.crowd(rate=100) as crowd:
        wait_for(lambda: crowd.connected == 2 * HOMES, "all devices are let in", 300)
        street.house.kill("broker")
        began = time.monotonic()
        wait_for(lambda: crowd.connected == 2 * HOMES, "all devices are let in again", 300)
        print(f"{2 * HOMES} devices back {time.monotonic() - began:.1f} s after the broker")
        heard = crowd.acknowledged
        wait_for(lambda: crowd.acknowledged > heard + 100, "and heard")
        crowd.settled()
        assert crowd.count(street.house).wrong == {}


def test_a_cry_for_help_while_nobody_rules_on_it_becomes_an_incident_all_the_same(street: Street) -> None:
    house, code = street.house, f"b{HOMES + 1}"
    found = f"SELECT 1 FROM finding f JOIN device d ON d.id = f.device_id WHERE d.code = '{code}'"
    incidents = f"SELECT i.state FROM incident i JOIN device d ON d.id = i.device_id WHERE d.code = '{code}'"
    with Client(house.broker, code, street.secrets[code], client_id=code) as button, house.without("alerts"):
        press = {"t": int(time.time() * 1000), "seq": 1, "kind": "button", "state": 1}
        button.publish(f"nw/v1/k{HOMES + 1}/{code}/event", json.dumps(press).encode())
        wait_for(lambda: house.sql(found), "the finding")
        assert house.sql(incidents) == [], "nobody rules on it while the engine stands still"
        house.kill("alerts")
    wait_for(lambda: house.sql(incidents), "an incident")
    assert house.sql(incidents) == [("open",)]


def test_the_whole_house_dies_and_another_stands_in_its_place(street: Street) -> None:
    """Of the old one nothing is left: a part that lived on would keep its broker session from the new one."""
    house = street.house
    with street.crowd(rate=100, press_every_s=2.0) as crowd:
        wait_for(lambda: crowd.acknowledged > 50, "devices are heard")
        old = [pid for part in PARTS if (pid := house.pid(part)) is not None]
        house.die_and_begin_again()
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in old), "the old parts are gone")
        house.wait_until_up()
        heard = crowd.acknowledged
        wait_for(lambda: crowd.acknowledged > heard + 50, "devices are heard again")
        crowd.settled()
        assert crowd.count(house).wrong == {}
