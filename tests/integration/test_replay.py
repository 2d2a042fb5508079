"""The replay commands from end to end: a private nowalls, made-up recordings, and the figures they print."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analytics.falls.dataset import COLUMNS
from simulators import falling
from simulators.wearables import Chip, activity, mounting, sample

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

FALLS = ("forward", "trip", "sideways")


def nowalls(*words: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NOWALLS_")}
    command = [sys.executable, "-m", "core.command", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_trials(folder: Path) -> None:
    """Three falls and three pieces of ordinary life, in the shared format."""
    rows, signals, start = [], [], 0
    for number in range(6):
        draw = np.random.default_rng([12, number])
        fallen = number < len(FALLS)
        lived = falling.fall(FALLS[number], draw, still_s=4).track if fallen else activity(draw, 8)
        samples = sample(lived, Chip(turn=mounting(draw)), draw)
        name = f"{'F' if fallen else 'D'}{number}"
        row = (name, "A", "young", "wrist", name, int(fallen), 50, start, len(samples), "", "")
        rows.append(row)
        signals.append(samples)
        start += len(samples)
    np.save(folder / "signals.npy", np.concatenate(signals))
    with (folder / "trials.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])


def write_homes(folder: Path) -> None:
    """Two homes where somebody moves every twenty minutes by day; in one it ends on the second day."""
    lines = ["patient_id,location_name,date"]
    for day in range(1, 4):
        for minute in range(7 * 60, 22 * 60, 20):
            for home, last in (("aa", 99), ("bb", 2)):
                if day < last or (day == last and minute < 12 * 60):
                    lines.append(f"{home},kitchen,2019-04-{day:02d} {minute // 60:02d}:{minute % 60:02d}:00")
    (folder / "Activity.csv").write_text("\n".join(lines) + "\n")


def test_recorded_falls_are_found_through_the_whole_chain(tmp_path):
    write_trials(tmp_path)
    figures = tmp_path / "figures.json"
    shown = nowalls("replay", "falls", "--data", str(tmp_path), "--wearables", "6", "--json", str(figures))
    found = json.loads(figures.read_text())
    assert (found["falls"], found["daily_trials"]) == (3, 3)
    assert found["sensitivity"] == 1.0
    assert found["specificity"] == 1.0
    assert found["windows_stored"] == found["windows_published"] > 100
    assert found["incidents"] == 3
    assert found["delay_s"]["max"] < 5
    assert found["publish_to_finding_s"]["p50"] < 5
    assert "recorded falls, replayed" in shown


def test_a_recorded_silence_is_noticed_in_days_that_take_seconds(tmp_path):
    write_homes(tmp_path)
    figures = tmp_path / "figures.json"
    # A machine that holds its breath for a second makes all homes silent for hours: then slower.
    for speed in ("10000", "2500"):
        nowalls("replay", "homes", "--data", str(tmp_path), "--speed", speed, "--json", str(figures))
        found = json.loads(figures.read_text())
        if found["publisher_lag_s"] < 1:
            break
    assert found["homes"] == 2
    assert found["person_days"] == 3 + 2
    recorded = len((tmp_path / "Activity.csv").read_text().splitlines()) - 1
    assert found["readings_stored"] == found["readings_published"] == recorded
    assert found["findings"]["inactivity"] >= 1
