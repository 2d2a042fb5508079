"""kill -9 of any part in mid-stream: what the broker acknowledged to a device is a row, once."""

import json
import time
from collections.abc import Callable

import pytest

from tests.acceptance.conftest import Street
from tests.support.house import wait_for
from tests.support.mqtt import Client

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

BEFORE, AFTER = 1500, 1500


def heartbeat(t: int, seq: int) -> bytes:
    return json.dumps({"t": t + seq, "seq": seq, "heart_rate": 60 + seq % 30}).encode()


@pytest.mark.parametrize("part", ["ingest", "postgres", "broker", "alerts", "deliver", "api"])
def test_what_was_acknowledged_is_stored_once(street: Street, part: str) -> None:
    house = street.house
    before = int(house.sql("SELECT count(*) FROM reading")[0][0])
    t = int(time.time() * 1000)
    promises: dict[int, Callable[[], bool]] = {}
    with Client(house.broker, "w1", street.secrets["w1"], client_id="w1", clean=False) as watch:
        for seq in range(BEFORE):
            promises[seq] = watch.offer("nw/v1/h1/w1/vital", heartbeat(t, seq))
        house.kill(part)
        for seq in range(BEFORE, BEFORE + AFTER):
            promises[seq] = watch.offer("nw/v1/h1/w1/vital", heartbeat(t, seq))
        wait_for(lambda: all(kept() for kept in promises.values()), "everything acknowledged", 90)
    expected = BEFORE + AFTER
    wait_for(lambda: house.sql("SELECT count(*) FROM reading")[0][0] >= before + expected, "all rows", 90)
    rows, distinct = house.sql("SELECT count(*), count(DISTINCT time) FROM reading")[0]
    assert rows - before == expected
    assert distinct == rows


def test_an_sos_during_an_outage_of_the_alert_engine_still_reaches_the_board(street: Street) -> None:
    house = street.house
    incidents = (
        "SELECT state FROM incident i JOIN home h ON h.id = home_id WHERE h.code = 'h2' AND kind = 'sos'"
    )
    with Client(house.broker, "b2", street.secrets["b2"], client_id="b2") as button, house.without("alerts"):
        press = {"t": int(time.time() * 1000), "seq": 1, "kind": "button", "state": 1}
        button.publish("nw/v1/h2/b2/event", json.dumps(press).encode())
        wait_for(lambda: house.sql("SELECT 1 FROM finding WHERE kind = 'sos'"), "the finding")
        assert house.sql(incidents) == [], "nobody rules on it while the engine stands still"
        house.kill("alerts")
    wait_for(lambda: house.sql(incidents), "an incident")
    assert house.sql(incidents) == [("open",)]
