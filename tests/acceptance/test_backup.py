"""A house that goes on working is backed up, burns down, and is brought back: to the last instant, or to the
one before somebody made a mistake. Every table is compared."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from core import metrics
from core.embedded.postgres import Postgres
from core.up import PARTS
from tests.acceptance.conftest import document
from tests.support.house import ROOT, House, living_in, wait_for
from tests.support.mqtt import Client, lets_in
from tests.support.tables import Still, content, still

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]


RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DAILY, AWAY, LATEST, BEFORE = re.findall(r"```sh\n(.*?)```", RUNBOOK, re.DOTALL)


def shell(commands: str, folder: Path) -> str:
    """What the runbook's commands say when somebody types them in `folder`."""
    nowalls = f'nowalls() {{ {sys.executable} -P -m core.command "$@"; }}\n'
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NOWALLS_")}
    done = subprocess.run(
        ["sh", "-ec", nowalls + commands], cwd=folder, capture_output=True, text=True, timeout=120,
        check=False, env=environment | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def wearing(house: House, secret: str) -> Iterator[Callable[[], int]]:
    """A watch that reports all the while; gives how much the broker has acknowledged."""
    stop, kept = Event(), [0]

    def report() -> None:
        with Client(house.broker, "w1", secret, client_id="w1") as watch:
            t = int(time.time() * 1000)
            for seq in range(1_000_000):
                body = {"t": t + seq, "seq": seq, "heart_rate": 60 + seq % 30}
                watch.publish("nw/v1/h1/w1/vital", json.dumps(body).encode())
                kept[0] = seq + 1
                if stop.is_set():
                    return

    thread = Thread(target=report)
    thread.start()
    try:
        yield lambda: kept[0]
    finally:
        stop.set()
        thread.join()


class Burnt(NamedTuple):
    """A house that is no more: its backups, how it was before the mistake, and how it was in the end."""

    folder: Path
    before: Still
    after: dict[str, tuple[int, str]]
    said: str  # everything that its parts logged
    numbers: dict[str, set[str]]  # part -> the metrics it served
    doctor: dict[str, str]  # check -> level


def scraped(data: Path) -> dict[str, set[str]]:
    """What Prometheus would read: each announced process, asked with the token."""
    token = (data / "secrets" / "metrics").read_text().strip()
    found = {}
    for path in (data / "run" / "metrics").glob("*.json"):
        (target,) = json.loads(path.read_text())
        url = f"http://{target['targets'][0]}/metrics"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            families = text_string_to_metric_families(answer.read().decode())
            found[target["labels"]["part"]] = {family.name for family in families if family.samples}
    return found


def examined(folder: Path) -> dict[str, str]:
    """What the doctor says of the house at work: the worst of each check."""
    said = json.loads(shell("nowalls --data home doctor --json || [ $? -lt 3 ]", folder))
    order = ["well", "soon", "broken"]
    worst: dict[str, str] = {}
    for one in said:
        worst[one["check"]] = max(worst.get(one["check"], "well"), one["level"], key=order.index)
    return worst


@pytest.fixture(scope="module")
def burnt(open_folder: Path) -> Burnt:
    data, backups = open_folder / "home", open_folder / "backups"
    with living_in(data, "--archive", str(backups)) as house:
        secrets = json.loads(house.run("community", "load", "-", given=document()))
        wait_for(lambda: lets_in(house.broker, "w1", secrets["w1"]), "the broker knows w1")
        with wearing(house, secrets["w1"]) as kept:
            wait_for(lambda: kept() > 200, "the watch reports")
            said = shell(DAILY, open_folder)
            assert "taken and checked" in said
            assert "is whole" in said
            assert "the log reaches to" in said
            then = kept()
            wait_for(lambda: kept() > then + 200, "and goes on reporting")
            before = still(house.connections["NOWALLS_DATABASE_URL"])
        stored = "SELECT count(*) FROM reading"
        wait_for(lambda: house.sql(stored)[0][0] >= kept(), "everything is stored")
        numbers = scraped(data)
        doctor = examined(open_folder)
        house.sql("DELETE FROM reading")  # somebody's mistake
        end = still(house.connections["NOWALLS_DATABASE_URL"])
        position = house.sql("SELECT pg_current_wal_flush_lsn()::text")[0][0]
        archived = "SELECT flush_lsn >= %s::pg_lsn OR write_lsn >= %s::pg_lsn FROM pg_stat_replication"
        postgres = Postgres(data)
        with psycopg.connect(postgres.admin_dsn, autocommit=True) as conn:
            wait_for(lambda: conn.execute(archived, (position, position)).fetchone() == (True,), "archived")
    said = "".join(path.read_text(errors="replace") for path in _logs(data))
    shutil.rmtree(data)
    return Burnt(open_folder, before, end.content, said, numbers, doctor)


def _logs(data: Path) -> list[Path]:
    found = [*data.glob("log/*.log"), *data.glob("postgres/log/*"), *data.glob("broker/*.log")]
    return [path for path in found if path.is_file()]


def brought_back(burnt: Burnt, data: Path, commands: str) -> dict[str, tuple[int, str]]:
    """What lies in the house after the runbook's commands."""
    assert "brought back from" in shell(commands, burnt.folder)
    postgres = Postgres(data)
    postgres.start()
    try:
        with psycopg.connect(postgres.dsn) as conn:
            conn.execute("SET timezone = 'UTC'")
            return content(conn)
    finally:
        postgres.stop()


def test_every_part_told_prometheus_what_is_its_own(burnt: Burnt) -> None:
    assert set(burnt.numbers) == set(PARTS)
    for stage, part in (("ingest", "ingest"), ("deliver", "deliver"), ("api", "api"), ("store", "api")):
        rows = {row.name.removesuffix("_total") for row in metrics.TABLE if row.stage == stage}
        # What has not happened yet has no sample: no channel was used, no detector failed.
        assert rows & burnt.numbers[part], part
    assert {"nowalls_messages", "nowalls_readings", "nowalls_batch_seconds"} <= burnt.numbers["ingest"]
    assert {"nowalls_heartbeat_age_seconds", "nowalls_archive_behind_bytes"} <= burnt.numbers["api"]


def test_the_doctor_finds_a_house_at_work_well(burnt: Burnt) -> None:
    for check in ("database", "broker", "parts", "channels", "backups"):
        assert burnt.doctor[check] == "well", check


def test_nothing_that_its_parts_logged_names_anybody(burnt: Burnt) -> None:
    assert '"part": "ingest"' in burnt.said
    known = json.loads(document())["homes"]
    for person in (one for home in known for one in home["residents"]):
        contact = person["contacts"][0]
        for word in (person["name"], person["phone"], contact["name"], contact["phone"]):
            assert word not in burnt.said
            assert word.replace(" ", "") not in burnt.said
    assert not [home["address"] for home in known if home["address"] in burnt.said]
    assert "heart_rate" not in burnt.said


def test_every_table_is_as_it_was_at_the_instant_before_the_mistake(burnt: Burnt, open_folder: Path) -> None:
    at = re.sub(r"--at \S+", f"--at {burnt.before.at.isoformat()}", BEFORE)
    found = brought_back(burnt, open_folder / "before", at)
    assert found["reading"][0] > 400
    assert found == burnt.before.content


def test_without_an_instant_it_is_the_last_state_that_the_log_holds(burnt: Burnt, open_folder: Path) -> None:
    found = brought_back(burnt, open_folder / "restored", LATEST)
    assert found["reading"][0] == 0
    # What beats every few seconds went on beating after the tables were counted.
    beating = {"heartbeat", "ingest_worker", "device_state", "delivery_worker"}
    assert {t: c for t, c in found.items() if t not in beating} == {
        t: c for t, c in burnt.after.items() if t not in beating
    }


def test_the_keys_of_residents_are_in_no_copy_of_the_database_and_come_back_from_their_own(
    burnt: Burnt, open_folder: Path
) -> None:
    kept = [path for path in (open_folder / "key-copies").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in (open_folder / "backups").rglob("*") if path.name in {k.name for k in kept}]
    packed = (open_folder / "backups").glob("base/*/house.tar")
    for file in packed:
        with tarfile.open(file) as tar:
            assert not [name for name in tar.getnames() if name.startswith("keys")]
    assert {path.name for path in (open_folder / "restored" / "keys").rglob("*") if path.is_file()} >= {
        path.name for path in kept
    }


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg here: THE ENCRYPTED COPY IS NOT REHEARSED")
def test_an_encrypted_copy_goes_away_and_comes_back_whole(
    burnt: Burnt, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(open_folder / "gnupg"))
    (open_folder / "gnupg").mkdir(mode=0o700)
    (open_folder / "passphrase").write_text("a long and made up sentence for this test alone\n")
    shell(AWAY, open_folder)
    assert b"pg_control" not in (open_folder / "backups.tar.gpg").read_bytes()
    assert "is whole" in shell("nowalls backup check elsewhere/backups", open_folder)
