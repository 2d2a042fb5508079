"""The README's commands, run as they are written; only the ports are free ones."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from core.command import connections
from core.embedded.ports import any_free
from tests.conftest import _open_folder
from tests.support.house import PATIENCE_S, ROOT, ctrl_c, wait_for, wait_until_said
from tests.support.mqtt import lets_in

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

README = (ROOT / "README.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
FRONT, UP, COMMANDS = SHELL


@pytest.fixture
def folder() -> Path:
    """A place like a fresh clone: the repository's files, nothing of ours."""
    place = _open_folder()
    for name in (".venv", "docs"):
        (place / name).symlink_to(ROOT / name)
    return place


def started(command: str, place: Path, **environment: str) -> "subprocess.Popen[bytes]":
    with (place / "said").open("wb") as said:
        return subprocess.Popen(
            ["sh", "-c", f"exec {command}"], cwd=place, stdout=said, stderr=subprocess.STDOUT,
            env=os.environ | environment, start_new_session=True,
        )  # fmt: skip


def ended(process: "subprocess.Popen[bytes]") -> int:
    os.killpg(process.pid, ctrl_c())
    return process.wait(timeout=PATIENCE_S)


def test_the_first_block_is_the_two_commands() -> None:
    assert FRONT.split("\n") == ["make demo", "make test", ""]
    assert subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_make_demo_is_alive_within_a_minute(folder: Path) -> None:
    data, began = folder / "demo", time.monotonic()
    options = f"--data {data} --http-port {any_free()} --mqtt-port {any_free()}"
    process = started("make -C " + str(ROOT) + " demo", folder, ARGS=options)
    try:
        wait_until_said(process, folder / "said", "nowalls is up")
        # A minute of a machine of its own; of one that others use too, its share.
        assert time.monotonic() - began < 60 * max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
        wait_until_said(process, folder / "said", "family http")
        with psycopg.connect(connections(data)["NOWALLS_DATABASE_URL"], autocommit=True) as conn:

            def count(table: str) -> int:
                row = conn.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
                return int(row[0]) if row else 0

            assert (count("resident"), count("station WHERE level = 'community'")) == (60, 3)
            wait_for(lambda: count("incident") > 0, "something happens")
            wait_for(lambda: count("reading") > 10_000, "the past arrives")
    finally:
        ended(process)


def test_a_house_of_your_own(folder: Path) -> None:
    http, mqtt = any_free(), any_free()
    process = started(UP.strip() + f" --http-port {http} --mqtt-port {mqtt}", folder)
    try:
        wait_until_said(process, folder / "said", "administrator http")
        done = subprocess.run(
            ["sh", "-ec", COMMANDS], cwd=folder, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert "watch1" in done.stdout
        assert f"http://127.0.0.1:{http}/enter#" in done.stdout
        secret = json.loads((folder / "secrets.json").read_text())["button1"]
        url = f"mqtt://127.0.0.1:{mqtt}"
        wait_for(lambda: lets_in(url, "button1", secret), "the broker knows it")
        snippet = PYTHON[0].replace("1883", str(mqtt))
        subprocess.run([".venv/bin/python", "-c", snippet], cwd=folder, check=True, timeout=60)
        with psycopg.connect(connections(folder / "home")["NOWALLS_DATABASE_URL"], autocommit=True) as conn:
            wait_for(
                lambda: (
                    conn.execute("SELECT state FROM incident WHERE kind = 'sos'").fetchall() == [("open",)]
                ),
                "the board rings",
            )
    finally:
        ended(process)
