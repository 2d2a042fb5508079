"""A process that is asked to stop many times at once stops, wherever its main thread just is."""

import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from core.supervisor_module import _ENTRY
from core.up import PARTS
from tests.support.house import ROOT

# Its main thread is nearly always between taking and giving back the lock that `stop` takes.
PART = """
import threading
from core import stopping
bell, asked = threading.Event(), 0
def stop():
    global asked
    bell.set()
    asked += 1
{asks}
print("READY", flush=True)
while asked < 50:
    bell.wait(0)
    bell.clear()
print("stopped in order")
"""


def hammered(asks: str) -> str:
    """What a part says that is asked to stop until it ends; "" when it does not."""
    command = [sys.executable, "-c", PART.format(asks=asks)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "READY\n"
        end = time.monotonic() + 60
        while time.monotonic() < end:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.0005)
                return process.stdout.read()
        process.kill()
    return ""


@pytest.mark.timeout(120)
def test_it_stops_however_often_it_is_asked() -> None:
    assert hammered("stopping.when_asked(stop)") == "stopped in order\n"


PROGRAMS = [*(_ENTRY.get(part, part) for part in PARTS), "ingest.edge", "care", "simulators"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_part_takes_a_lock_in_a_handler(program: str) -> None:
    """What a handler of ours may do is nothing, or leave at once."""
    for source in ROOT.joinpath(*program.split(".")).glob("*.py"):
        for line in source.read_text().splitlines():
            if "signal.signal(" in line:
                assert line.strip().endswith("lambda *_: sys.exit(0))"), (source, line)
