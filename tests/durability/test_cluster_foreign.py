"""On three nodes whose messages are sorted by home, devices of other systems are heard like any others."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.embedded.nats import hash_secret
from core.embedded.nats_config import Login
from core.embedded.process import spawn
from tests.support.cluster_town import Town, town
from tests.support.house import ROOT, wait_for
from tests.support.mqtt import Client, lets_in

pytestmark = [pytest.mark.integration, pytest.mark.cluster]

SMOKE = "SELECT 1 FROM reading r JOIN device d ON d.id = r.device_id WHERE d.code = 'w2' AND r.metric = 38"


@contextmanager
def interpreter(place: Town, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m ingest.foreign`, at the second node."""
    node = place.cluster.nodes[1]
    environment = os.environ | {
        "NOWALLS_DATA_DIR": str(folder),
        "NOWALLS_DATABASE_URL": place.dsn,
        "NOWALLS_BROKER_URL": node.url,
        "NOWALLS_INTERPRETER_URL": node.interpreter_url,
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "foreign.log").open("ab") as output:
        running = spawn(
            [sys.executable, "-P", "-m", "ingest.foreign"], cwd=ROOT, env=environment, output=output
        )
    yield running
    running.kill()
    running.wait()


@pytest.mark.timeout(180)
def test_smoke_that_a_foreign_gateway_hears_reaches_the_worker_of_its_home(dsn: str, shelf: Path) -> None:
    with town(dsn, shelf, time.time_ns() // 1000, homes=2, parts=3) as place:
        place.conn.execute("INSERT INTO foreign_source SELECT id, now() FROM device WHERE code = 'w2'")
        hashed = hash_secret("secret")
        assert not place.cluster.apply([Login("w2", "h2", hashed, speaks_for_others=True)])
        place.start_worker("a")
        with interpreter(place, shelf):
            third = place.cluster.nodes[2].node
            url = f"mqtt://{third.host}:{third.mqtt_port}"
            wait_for(lambda: lets_in(url, "w2", "secret"), "the gateway is let in")
            with Client(url, "w2", "secret") as gateway:

                def heard() -> bool:
                    gateway.publish("nw/in/w2/zigbee2mqtt/kitchen-smoke", b'{"smoke": true}')
                    return bool(place.one(SMOKE))

                wait_for(heard, "the gateway cries for the thing that nobody named")
        wait_for(lambda: place.one("SELECT 1 FROM finding WHERE kind = 'smoke'"), "it is a finding")
