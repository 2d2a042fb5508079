"""`nowalls node` as somebody runs it: devices of the database are let in, and nothing they say is dropped."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from core import jetstream
from core.embedded.cluster_config import STREAM, Node
from core.embedded.nats import hash_secret
from core.embedded.ports import any_free
from core.embedded.process import spawn
from core.node import described
from core.partition import partition_of
from tests.support.house import ROOT, wait_for
from tests.support.mqtt import Client, lets_in
from tests.support.village import settle

pytestmark = pytest.mark.integration

PARTS = 4


@pytest.fixture
def node(dsn: str, shelf: Path) -> Iterator[Node]:
    """The only node of its cluster, and w1 with the secret "secret"."""
    settle(dsn, datetime.now(UTC), homes=1)
    with psycopg.connect(dsn) as conn:
        conn.execute(
            "INSERT INTO device_secret (device_id, number, bcrypt, pbkdf2, created_at)"
            " SELECT id, 1, %s, '', now() FROM device WHERE code = 'w1'",
            (hash_secret("secret"),),
        )
    one = Node("n1", "127.0.0.1", any_free(), any_free(), any_free())
    document = shelf / "cluster.json"
    document.write_text(json.dumps({"partitions": PARTS, "nodes": [one._asdict()]}))
    environment = os.environ | {"NOWALLS_DATABASE_URL": dsn, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "core.command", "--data", str(shelf / "n1"), "node", "n1", str(document)]
    with (shelf / "node.log").open("wb") as output:
        running = spawn(command, cwd=ROOT, env=environment, output=output)
    yield one
    running.terminate()
    assert running.wait(30) == 0, (shelf / "node.log").read_text()


def test_a_device_says_something_before_any_worker_ran_and_it_waits_in_its_part(
    node: Node, shelf: Path
) -> None:
    wait_for(lambda: "lets devices in" in (shelf / "node.log").read_text(), "the node is up")
    url = f"mqtt://127.0.0.1:{node.mqtt_port}"
    wait_for(lambda: lets_in(url, "w1", "secret"), "the node knows w1")
    with Client(url, "w1", "secret") as watch:
        assert watch.let_in
        watch.publish("nw/v1/h1/w1/vital", b"{}")
        watch.publish("nw/v1/h1/w1/weird", b"{}")
    url = (shelf / "n1" / "run" / "carrier-url").read_text().strip()
    assert asyncio.run(waiting(url, partition_of("h1", PARTS))) == 1
    assert asyncio.run(waiting(url, PARTS)) == 1, "what no stream is called waits in the rest"


async def waiting(url: str, number: int) -> int:
    client = await jetstream.connect(url)
    try:
        said = await jetstream.ask(client, f"CONSUMER.INFO.{STREAM}.{jetstream.consumer(number, PARTS)}")
    finally:
        await client.close()
    return int(said["num_pending"])


@pytest.mark.parametrize(
    "wrong", [None, {}, {"partitions": 2}, {"partitions": "x", "nodes": []}, {"nodes": [{}]}]
)
def test_a_document_that_describes_no_cluster_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        described(wrong)


def test_a_name_that_is_not_in_the_document_is_refused(shelf: Path) -> None:
    (shelf / "cluster.json").write_text(json.dumps({"partitions": 1, "nodes": []}))
    command = [sys.executable, "-m", "core.command", "--data", str(shelf / "d"), "node", "n9"]
    command.append(str(shelf / "cluster.json"))
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "no node n9" in said.stderr
