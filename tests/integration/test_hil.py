"""`nowalls hil`: scenarios through real processes and a real broker, with what they came to on paper."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

TWO = """
name: {name}
title: A button is pressed and answered
lasts: 20 s
homes:
  - code: home
    people: [{{name: Ann}}]
    devices: [{{code: button, kind: button, wearer: Ann, reports: 10 s}}]
staff:
  - {{name: Wang, role: operator}}
  - {{name: Chen is not on duty, role: operator}}
rosters:
  - {{role: operator, who: [Wang]}}
timeline:
  - {{at: 3 s, does: presses, device: button, called: the press}}
  - {{at: 8 s, does: acts, action: acknowledge, kind: sos, by: Wang}}
faults:
  - {{fault: duplicate, settings: {{share: 1.0}}}}
expect:
  incidents:
    - {{kind: {kind}, after: the press, within: 2 s, finally: acknowledged}}
  told:
    - {{who: Wang, as: alarm, after: the press, within: 3 s}}
    - {{who: console community, as: alarm, after: the press, within: 3 s}}
"""


def hil(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NOWALLS_")}
    command = [sys.executable, "-m", "core.command", "hil", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_comes_passes_and_what_does_not_is_told_and_drawn(tmp_path: Path) -> None:
    for name, kind in (("good", "sos"), ("bad", "smoke")):
        (tmp_path / f"{name}.yaml").write_text(TWO.format(name=name, kind=kind))
    files = [str(tmp_path / f"{name}.yaml") for name in ("good", "bad")]
    junit, page = tmp_path / "result.xml", tmp_path / "result.html"
    done = hil("run", *files, "--speed", "2", "--junit", str(junit), "--report", str(page))
    assert done.returncode == 1, done.stdout + done.stderr
    suites = {suite.get("name"): suite for suite in ET.parse(junit).getroot()}
    assert suites["good"].get("failures") == "0"
    assert suites["bad"].get("failures") == "2", "no smoke came, and the sos was another incident"
    text = page.read_text()
    assert "1 of 2 passed" in text
    assert "<svg" in text
    assert "acknowledged" in text


def test_a_mistake_in_a_scenario_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(TWO.format(name="wrong", kind="boredom"))
    done = hil("check", str(tmp_path / "wrong.yaml"))
    assert done.returncode == 1
    assert "no kind boredom" in done.stderr
    assert "Traceback" not in done.stderr
