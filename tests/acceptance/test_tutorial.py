"""docs/tutorial.md, followed from its first line to its last; then other pages in the same house."""

import json
import subprocess

import psycopg
import pytest

from core.command import connections
from core.embedded.ports import any_free
from tests.support.documents import Reader, blocks
from tests.support.house import ROOT, wait_for
from tests.support.mqtt import lets_in

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

TUTORIAL, CARE, CONFORMANCE, FIGURES = (
    blocks((ROOT / "docs" / name).read_text(encoding="utf-8"))
    for name in ("tutorial.md", "care.md", "conformance.md", "figures.md")
)


def test_the_tutorial_leads_where_it_says() -> None:
    http, mqtt = any_free(), any_free()
    with Reader(http, mqtt) as reader:
        for block in TUTORIAL[1:]:  # the first is what made the environment that this runs in
            if "button1" in block.text and block.language == "python":
                secret = json.loads((reader.place / "secrets.json").read_text())["button1"]
                url = f"mqtt://127.0.0.1:{mqtt}"
                wait_for(lambda: lets_in(url, "button1", secret), "the broker knows it")  # noqa: B023
            reader.follow(block)
            if "--role operator" in block.text:
                assert f"http://127.0.0.1:{http}/enter#" in reader.printed
        where = connections(reader.place / "home")["NOWALLS_DATABASE_URL"]
        with psycopg.connect(where, autocommit=True) as conn:
            sos = "SELECT state FROM incident WHERE kind = 'sos'"
            wait_for(lambda: conn.execute(sos.encode()).fetchall() == [("open",)], "the board rings")
            pulse = "SELECT value FROM reading WHERE value IN (71, 97) ORDER BY value"
            wait_for(lambda: conn.execute(pulse.encode()).fetchall() == [(71,), (97,)], "the watch is heard")
            battery = "SELECT 1 FROM device_state WHERE battery BETWEEN 0.63 AND 0.65"
            wait_for(lambda: conn.execute(battery.encode()).fetchall(), "its battery, too")
            take_in_a_sheet(reader, conn)
        for block in FIGURES:
            reader.follow(block)
        listen_to_a_device(reader, mqtt)
        assert TUTORIAL[0].text == "make setup\n"


def take_in_a_sheet(reader: Reader, conn: "psycopg.Connection[tuple[object, ...]]") -> None:
    (reader.place / "people.csv").write_text("name,station\nOld Mr Gu,east\n", encoding="utf-8")
    for block in CARE:
        reader.follow(block)
    assert conn.execute("SELECT count(*) FROM resident").fetchone() == (2,)


def listen_to_a_device(reader: Reader, mqtt: int) -> None:
    """The second way: it asks nobody and listens, here for moments; first to silence, then to the example."""
    _, listening, being = CONFORMANCE
    broker = connections(reader.place / "home")["NOWALLS_BROKER_URL"]
    command = listening.text.replace("mqtt://user:password@host:1883", broker)

    def graded(seconds: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["sh", "-ec", command.replace("listen 60", f"listen {seconds}")],
            cwd=reader.place, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    silent = graded(1)
    assert (silent.returncode, "nothing was heard" in silent.stderr) == (1, True), silent.stderr
    watch = subprocess.Popen(["sh", "-ec", f"exec {being.text.strip()} 127.0.0.1 {mqtt}"], cwd=reader.place)
    try:
        heard = graded(6)
    finally:
        watch.kill()
        watch.wait()
    assert (heard.returncode, " fail" in heard.stdout) == (0, False), heard.stdout
    assert "It keeps the protocol as far as it was seen." in heard.stdout
