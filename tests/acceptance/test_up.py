"""`nowalls up` as a careless or unlucky person meets it: busy ports, two at once, other servers. (kill -9:
tests/durability.)"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.embedded.ports import any_free
from tests.conftest import Server
from tests.support.house import ROOT, House, living_in, wait_for

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def house(open_folder: Path) -> Iterator[House]:
    with living_in(open_folder / "data") as house:
        yield house


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def up(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`nowalls up` that is expected to give up."""
    command = [sys.executable, "-m", "core.command", "up", "--data", str(data), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def processes_on(data: Path) -> list[str]:
    """Command lines of everything that was started for the folder `data`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(data) in line or f"NOWALLS_DATA_DIR={data}\0".encode() in environment:
            found.append(line)
    return found


def test_a_second_nowalls_on_the_same_data_is_refused(house: House) -> None:
    answer = up(house.data, "--http-port", str(any_free()), "--mqtt-port", str(any_free()))
    assert answer.returncode == 1
    assert "in use by another nowalls (process" in answer.stderr


@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_a_busy_port_is_refused_before_anything_is_started(shelf: Path, taken: int, option: str) -> None:
    ports = {"--http-port": str(any_free()), "--mqtt-port": str(any_free()), option: str(taken)}
    answer = up(shelf / "data", *(word for pair in ports.items() for word in pair))
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Error: port {taken} on 127.0.0.1 is in use by another program; choose another with {option}\n"
    )
    assert not (shelf / "data").exists(), "and nothing is left behind"


def test_a_folder_that_cannot_be_made_is_refused(shelf: Path) -> None:
    (shelf / "file").write_text("")
    answer = up(shelf / "file" / "data")
    assert answer.returncode == 1
    assert "cannot write to the data folder" in answer.stderr


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--clock", "tomorrow", "is not <real us>,<virtual us>,<rate>"),
        ("--database-url", "postgresql://127.0.0.1:1/none", "cannot reach the database given"),
        ("--http-host", "192.0.2.1", "cannot listen on 192.0.2.1"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(shelf: Path, option: str, value: str, complaint: str) -> None:
    ports = ("--http-port", str(any_free()), "--mqtt-port", str(any_free()))
    answer = up(shelf / "data", *ports, option, value)
    assert answer.returncode == 1
    assert complaint in answer.stderr
    assert "Traceback" not in answer.stderr


def test_asked_to_stop_it_stops_everything_in_reverse(shelf: Path) -> None:
    house = House(shelf / "data")
    house.wait_until_up()
    assert house.stop() == 0
    stopped = [line.split()[1] for line in house.said.splitlines() if line.endswith(" stopped")]
    assert stopped == ["api", "deliver", "alerts", "foreign", "ingest", "broker", "postgres"]
    assert not processes_on(house.data)
    assert not (house.data / "run" / "connections.json").exists()


def test_asked_to_stop_while_starting_it_stops(shelf: Path) -> None:
    house = House(shelf / "data")
    wait_for(lambda: "postgres ready" in house.said, "PostgreSQL is ready")
    house._process.send_signal(signal.SIGTERM)
    assert house._process.wait(30) == 0
    assert "postgres stopped" in house.said
    assert not processes_on(house.data)


def test_a_part_that_cannot_work_is_named_and_the_rest_is_stopped(shelf: Path) -> None:
    (shelf / "data" / "secrets" / "session").mkdir(parents=True)  # where a part looks for a file
    house = House(shelf / "data")
    assert house._process.wait(120) == 1
    assert re.search("^Error: (ingest|foreign|deliver|api) ended with status 1", house.said, re.MULTILINE)
    assert "IsADirectoryError" in house.said, "and why"
    assert not processes_on(house.data)


def test_a_wrong_setting_is_named_in_one_line_before_anything_starts(shelf: Path, monkeypatch) -> None:
    monkeypatch.setenv("NOWALLS_POOL_SIZE", "none")  # a setting of the API alone
    house = House(shelf / "data")
    assert house._process.wait(60) == 1
    assert house.said.startswith("NOWALLS_POOL_SIZE: ")
    assert len(house.said.splitlines()) == 1
    assert not house.data.exists()


def test_with_a_database_and_a_broker_of_ones_own_nothing_is_embedded(
    shelf: Path, server: Server, broker
) -> None:
    dsn = server.create(f"own_{os.getpid()}", "template1")
    try:
        with living_in(shelf / "data", "--database-url", dsn, "--broker", broker.url) as house:
            with psycopg.connect(dsn) as conn:
                assert conn.execute("SELECT count(*) FROM station").fetchone() == (0,)
            assert not (house.data / "postgres").exists()
            assert not (house.data / "broker").exists()
    finally:
        server.drop(f"own_{os.getpid()}")
