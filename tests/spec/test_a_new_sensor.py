"""What CONTRIBUTING.md says of a new kind of sensor is true: its row and its fixture, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# The row is put into the table before anything reads it, as an edit of the file would.
TRY = """
import json, sys
from pathlib import Path
import core.quantity as table
row = eval(sys.argv[1], {"Quantity": table.Quantity})
if row not in table.QUANTITIES:  # else somebody follows the page and has put it there
    assert row.id not in table.BY_ID and row.name not in table.BY_NAME
    table.QUANTITIES += (row,)
table.BY_NAME[row.name] = table.BY_ID[row.id] = row
table.MOST_ID = max(table.MOST_ID, row.id)
from core.directory import DeviceEntry, Directory
from ingest.decode import Decoder
from ingest.message import Message
from ingest.protocol_document import schemas
from tests.support import foreign
foreign.FOLDER = Path(sys.argv[2])
[message] = foreign.captured("radiator")
heard = foreign.heard(foreign.ears(), message)
assert [list(one[:3]) for one in heard.said] == message.expected["said"], heard
town = Directory.of([DeviceEntry(1, "w1", 1, "h1", 7)], {})
out = Decoder(town).decode([Message("nw/v1/h1/w1/vital", sys.argv[3].encode(), 1_790_000_000_000_000)], 0)
assert not out.refused and out.batch.readings["metric"].tolist() == [row.id], out.refused
assert row.name in schemas()["vital"]["properties"]
too_much = sys.argv[3].replace("41.5", "1000").encode()
assert Decoder(town).decode([Message("nw/v1/h1/w1/vital", too_much, 1_790_000_000_000_000)], 0).refused
"""


def test_a_row_and_a_fixture_make_a_new_kind_of_sensor(tmp_path: Path) -> None:
    row = re.search(r"^    (Quantity\(.*\)),$", PAGE, re.MULTILINE)
    fixture = re.search(r"`tests/fixtures/foreign/(radiator\.json)`:\n\n```json\n(.*?)```", PAGE, re.DOTALL)
    native = re.search(r"From then on `(\{.*?\})` on the `vital` topic", PAGE)
    assert row is not None
    assert fixture is not None
    assert native is not None
    (tmp_path / fixture[1]).write_text(fixture[2], encoding="utf-8")
    command = [sys.executable, "-c", TRY, row[1], str(tmp_path), native[1]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_last_real_ones_are_rows_and_stand_in_the_fixture_that_is_named() -> None:
    shown = (ROOT / "tests/fixtures/foreign/zigbee2mqtt-sensors.json").read_text(encoding="utf-8")
    table = (ROOT / "core/quantity.py").read_text(encoding="utf-8")
    for name in ("room_humidity", "vibration", "link_quality"):
        assert f'"{name}"' in shown
        assert f'"{name}"' in table
